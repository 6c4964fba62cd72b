package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportsSurviveKills kills imports at moments that come by chance, until one comes to its end: everything is there
// once, as after one that nobody killed.
func TestImportsSurviveKills(t *testing.T) {
	t.Parallel()
	const customers = 60
	var script strings.Builder
	for n := range customers {
		id := fmt.Sprintf("cus_k%d", n)
		script.WriteString(pkCustomer(id, "", "") +
			pkInvoice(t, fmt.Sprint("in_a", n), id, "2024-02-01", "paid", "") +
			pkIntent(fmt.Sprint("pi_a", n), id, fmt.Sprint("in_a", n), "10000", "") +
			pkInvoice(t, fmt.Sprint("in_b", n), id, "2024-02-02", "open", ""))
	}
	file, db := paymentKitFile(t, script.String()), "sqlite:"+filepath.Join(t.TempDir(), "new.db")
	kills := survive(t, func() *exec.Cmd { return command(db, "import", "paymentkit", file) })
	out, code := runCommand("import", "paymentkit", file, "--db", db)
	for objects, n := range map[string]int{"customers": customers, "invoices": 2 * customers, "payments": customers} {
		if got, want := became(out, objects), fmt.Sprintf("0 0 %d 0 0", n); code != 0 || got != want {
			t.Errorf("after %d kills it exits with %d, and of %s became %s, want %s", kills, code, objects, got, want)
		}
	}
	if out, code := runCommand("verify", "--db", db); code != 0 || !strings.Contains(out, fmt.Sprint("of ", customers)) {
		t.Errorf("after %d kills the books are not right: %s", kills, out)
	}
	t.Logf("%d kills", kills)
}
