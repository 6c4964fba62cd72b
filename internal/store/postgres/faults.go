package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"

	"clientele.dev"
)

// Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	divisionByZero       = "22012"
	undefinedTable       = "42P01"
	undefinedColumn      = "42703"
	undefinedFile        = "58P01" // of an extension
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	diskFull             = "53100"
	readOnlyTransaction  = "25006"
	tooManyConnections   = "53300"
	shutdowns            = "57P0" // by an operator, after a crash, while starting
	connectionExceptions = "08"
	internalError        = "XX000"
)

var (
	// errStale is what a transaction gets that has seen what is no longer so; it is run again.
	errStale = errors.New("others changed what the transaction had read")
	// errSecondMessage is what a view gets that is not one message; it is run again in a transaction.
	errSecondMessage = errors.New("the view is more than one message")
	// errUnreachable goes with the reason why there is no connection.
	errUnreachable = errors.New("no connection to the database")
	errReadOnly    = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
		"the database is read-only: nothing was changed; try again in a moment")
)

func isCode(err error, codes ...string) bool {
	e, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return false
	}
	for _, code := range codes {
		if strings.HasPrefix(e.Code, code) {
			return true
		}
	}
	return false
}

// mayRetry says whether a transaction that failed may well succeed when it is run again. A unique violation is among
// them: two servers can give one position in time.
func mayRetry(err error) bool {
	return errors.Is(err, errStale) || isCode(err, serializationFailure, deadlockDetected, uniqueViolation)
}

// isUnreachable says whether the database cannot be reached, or only one that does not take writes.
func isUnreachable(err error) bool {
	return errors.Is(err, errUnreachable) || isWorkerLost(err) ||
		isCode(err, readOnlyTransaction, tooManyConnections, shutdowns, connectionExceptions)
}

// isWorkerLost says whether one of several machines died during a statement. Citus has no code of its own for it.
func isWorkerLost(err error) bool {
	return isCode(err, internalError) && (strings.Contains(err.Error(), "server closed the connection") ||
		strings.Contains(err.Error(), "postmaster was shut down"))
}

// faultOf makes an error of the database's surroundings one that says so to clients. Others stay as they are.
func faultOf(ctx context.Context, err error, lost bool) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*clientele.Error](err); ours {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	code, message := clientele.ErrorCodeUnavailable, ""
	switch {
	case isCode(err, diskFull):
		code, message = clientele.ErrorCodeStorageFull,
			"the disk of the database is full: nothing was changed; make room and try again"
	case isCode(err, readOnlyTransaction):
		return errReadOnly
	case isCode(err, serializationFailure, deadlockDetected, queryCanceled):
		message = "the database is busy; try again in a moment"
	case lost, isUnreachable(err):
		message = "the database cannot be reached; try again in a moment"
	default:
		return err
	}
	return fmt.Errorf("%w (%w)", clientele.Errorf(code, "", "%s", message), err) // the client is told the first alone
}

// traced is told every statement that is sent, unless it is nil.
var traced atomic.Pointer[func(query string)]

// TraceStatements tells fn every statement that any store sends from now on. Tests look at their plans.
func TraceStatements(fn func(query string)) { traced.Store(&fn) }

func trace(query string) {
	if fn := traced.Load(); fn != nil {
		(*fn)(query)
	}
}

// isLost says whether an error is that of a connection that is gone.
func isLost(err error) bool {
	if err == nil {
		return false
	}
	_, answered := errors.AsType[*pgconn.PgError](err)
	return !answered && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}
