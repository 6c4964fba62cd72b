package paper

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"io"
	"testing"

	"clientele.dev"
)

func movements(n int) Statement {
	account := clientele.StatementAccount{Currency: clientele.PaymentCurrency{ID: "usd", Symbol: "USD", Decimal: 2}}
	for i := range n {
		account.Lines = append(account.Lines, clientele.StatementLine{
			Description: "Invoice", Amount: clientele.NewAmount("usd", int64(i%2)), Balance: clientele.NewAmount("usd", 1),
		})
	}
	return Statement{Statement: clientele.Statement{Currencies: map[string]clientele.StatementAccount{"usd": account}}}
}

// TestStatementsAreBounded prints as many movements as there may be, and refuses one more.
func TestStatementsAreBounded(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, Statement) error{"page": StatementHTML, "PDF": StatementPDF} {
		if err := write(io.Discard, movements(MaxMovements)); err != nil {
			t.Errorf("%s of %d movements: %v", name, MaxMovements, err)
		}
		var refused *clientele.Error
		err := write(io.Discard, movements(MaxMovements+1))
		if !errors.As(err, &refused) || refused.Code != clientele.ErrorCodeInvalid || refused.Field != "from" {
			t.Errorf("%s of %d movements: %v", name, MaxMovements+1, err)
		}
	}
}

// TestNothingIsPrintedOfWhatChangesNothing leaves out movements that change nothing of what is owed.
func TestNothingIsPrintedOfWhatChangesNothing(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := StatementHTML(&page, movements(4)); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page.Bytes(), []byte("Invoice</th>")); n != 2+1 { // and the column's title
		t.Errorf("%d of the two movements that change something are printed: %s", n, page.String())
	}
}

// TestALogoIsPreparedOnce prints the same logo twice, and another.
func TestALogoIsPreparedOnce(t *testing.T) {
	t.Parallel()
	url := func(width int) string {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 7))); err != nil {
			t.Fatal(err)
		}
		return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
	}
	first := logoOf(url(3))
	if first == nil || logoOf(url(3)) != first {
		t.Error("the logo is read again")
	}
	one, again := first.streams(), first.streams()
	if &one.colours[0] != &again.colours[0] {
		t.Error("what a PDF needs of it is made again")
	}
	for width := 4; width < 4+2*keptLogos; width++ {
		if l := logoOf(url(width)); l == nil || l.picture.Bounds().Dx() != width {
			t.Errorf("of a logo %d wide came %+v", width, l)
		}
	}
	logos.mu.Lock()
	defer logos.mu.Unlock()
	if len(logos.made) > keptLogos {
		t.Errorf("%d logos are kept", len(logos.made))
	}
}
