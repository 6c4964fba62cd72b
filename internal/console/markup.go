package console

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/paper"
)

// markup is HTML that is written part by part.
type markup struct{ b strings.Builder }

// element writes an element of a class, or of none, with a text.
func (m *markup) element(name, class, text string) {
	if class != "" {
		class = ` class="` + template.HTMLEscapeString(class) + `"`
	}
	fmt.Fprintf(&m.b, "<%s%s>%s</%s>", name, class, template.HTMLEscapeString(text), name)
}

// text writes a text.
func (m *markup) text(text string) { m.b.WriteString(template.HTMLEscapeString(text)) }

// link writes a link with a text.
func (m *markup) link(path, text string) {
	fmt.Fprintf(&m.b, `<a href="%s">%s</a>`, template.HTMLEscapeString(path), template.HTMLEscapeString(text))
}

// html is what was written.
func (m *markup) html() template.HTML {
	return template.HTML(m.b.String()) //nolint:gosec // every text in it was escaped above
}

// named are the objects that messages name: invoice INV-0007, payment pi_….
var named = regexp.MustCompile(`\b([Ii]nvoice|[Pp]ayment|[Cc]ustomer,?) ([\w./-]*\d[\w/-]*)`)

// Linked is a message in which the objects that it names lead to their pages; for customers nothing does.
func (w view) Linked(message string) template.HTML {
	var m markup
	from := 0
	for _, at := range named.FindAllStringSubmatchIndex(message, -1) {
		if w.InPortal() {
			break
		}
		section := strings.ToLower(strings.TrimSuffix(message[at[2]:at[3]], ",")) + "s"
		m.text(message[from:at[4]])
		m.link(w.Path(section, message[at[4]:at[5]]), message[at[4]:at[5]])
		from = at[5]
	}
	m.text(message[from:])
	return m.html()
}

// manyDecimals is an amount with more decimals than fit into a column.
var manyDecimals = regexp.MustCompile(`^(.*\p{Nd})([^\p{Nd}\s])(\p{Nd}{5,})(\P{Nd}*)$`)

// Amount is an amount for a page, exactly. It is not broken, but one of a currency with many decimals: those stand
// smaller, and may go on in the next lines.
func (w view) Amount(a clientele.Amount) template.HTML {
	var m markup
	text := w.money(a)
	part := manyDecimals.FindStringSubmatch(text)
	if part == nil {
		m.element("bdi", "sum-of", text)
		return m.html()
	}
	const together = 6 // decimals that are not broken
	m.b.WriteString("<bdi>")
	m.element("span", "sum-of", part[1])
	rest := []rune(part[2] + part[3])
	for from := 0; from < len(rest); from += together + 1 {
		m.b.WriteString("<wbr>")
		m.element("span", "sum-of fine", string(rest[from:min(from+together+1, len(rest))]))
	}
	m.element("span", "sum-of", part[4])
	m.b.WriteString("</bdi>")
	return m.html()
}

// State is the state of an invoice or a payment, in the words of the glossary.
func (w view) State(object any) (template.HTML, error) {
	class, text := "", ""
	switch o := object.(type) {
	case clientele.InvoiceExpanded:
		return w.State(o.Invoice)
	case clientele.PaymentExpanded:
		return w.State(o.Payment)
	case clientele.Invoice:
		class, text = string(o.Status), strings.ToLower(paper.StateInWords(o, w.today))
		switch {
		case text == "past due":
			class = "late"
		case text == "uncollectible" && w.InPortal():
			text = "overdue"
		}
	case clientele.Payment:
		class, text = string(o.Status), "received"
		if o.Status == clientele.PaymentCanceled {
			text = "reversed"
		}
	default:
		return "", fmt.Errorf("a %T has no state", object)
	}
	var m markup
	m.element("span", "badge "+class, text)
	return m.html(), nil
}
