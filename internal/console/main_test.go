package console_test

import (
	"os"
	"testing"

	"clientele.dev/internal/apptest"
)

// TestMain runs the tests on every database.
func TestMain(m *testing.M) { os.Exit(apptest.RunOnAll(m.Run)) }
