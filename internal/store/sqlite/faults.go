package sqlite

import (
	"errors"

	"zombiezen.com/go/sqlite"

	"clientele.dev"
)

// errUndone is what the transactions of a batch get that SQLite has undone for a reason it did not tell.
var errUndone = errors.New("the database undid the transaction: its disk may be full or failing")

// faultOf makes an error of the database's surroundings one that says so to clients. Others stay as they are.
func faultOf(err error) error {
	if err == nil {
		return nil
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return clientele.Errorf(clientele.ErrorCodeUnavailable, "", "the database is busy; try again in a moment")
	case sqlite.ResultFull:
		return clientele.Errorf(clientele.ErrorCodeStorageFull, "",
			"the disk of the database is full: nothing was changed; make room and try again")
	case sqlite.ResultReadOnly:
		return clientele.Errorf(clientele.ErrorCodeUnavailable, "",
			"the database is read-only: nothing was changed; make its file and folder writable for the server")
	}
	return err
}

// lasting says whether an error keeps every write from being made until somebody does something about it.
func lasting(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultFull, sqlite.ResultReadOnly, sqlite.ResultIOErr, sqlite.ResultCorrupt, sqlite.ResultCantOpen:
		return true
	}
	return false
}
