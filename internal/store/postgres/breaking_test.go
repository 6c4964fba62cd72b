package postgres

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store/storetest"
)

// TestAnyStatementMayFail lets each statement of everything fail.
func TestAnyStatementMayFail(t *testing.T) {
	t.Parallel()
	storetest.RunBreaking(t, func(t *testing.T) storetest.Breaking {
		address := pgtest.URL(t, prepare(t))
		b := &breaker{}
		s := openAt(t, b.listen(t, address)+"&pool_max_conns=1")
		s.stop() // so that all statements are those of the test
		direct, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = direct.Close(t.Context()) })
		return storetest.Breaking{
			Store: s,
			Fault: &b.Fault,
			Is:    func(err error) bool { return isCode(err, unknownStatement) },
			Kept:  func() string { return kept(t, direct) },
			Exec: func(statement string) {
				if _, err := direct.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// unknownStatement is the code of what [breaker] makes of a statement.
const unknownStatement = "26000"

// breaker stands between a store and its database, and makes one statement fail at the database: it asks for a prepared
// statement that there is not.
type breaker struct{ storetest.Fault }

// listen starts it before a database, and answers the address of the database behind it.
func (b *breaker) listen(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	target := u.Host
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go b.carry(c, target)
		}
	}()
	u.Host = listener.Addr().String()
	return u.String()
}

// carry passes on what one connection says until it ends.
func (b *breaker) carry(client net.Conn, target string) {
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	asked := pgproto3.NewBackend(client, client)
	start, err := asked.ReceiveStartupMessage()
	if err != nil {
		return
	}
	passed := pgproto3.NewFrontend(server, server)
	passed.Send(start)
	queries := map[string]string{} // by the name they are prepared under
	for passed.Flush() == nil {
		message, err := asked.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.Parse:
			queries[m.Name] = m.Query
		case *pgproto3.Bind:
			if b.Meets(queries[m.PreparedStatement]) {
				m.PreparedStatement = "broken"
			}
		}
		passed.Send(message)
	}
}

// kept is all that the database has but for what has expired.
func kept(t *testing.T, c *pgx.Conn) string {
	t.Helper()
	rows, err := c.Query(t.Context(), `SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var each []string
	for _, table := range tables {
		each = append(each, fmt.Sprintf("(SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM %s AS r)", table))
	}
	var all string
	err = c.QueryRow(t.Context(), "SELECT concat_ws(' ', "+strings.Join(each, ", ")+")").Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
