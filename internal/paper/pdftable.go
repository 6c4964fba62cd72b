package paper

import "math"

// Measures of a table, in points and in shares of its width.
const (
	padding    = 5.5  // above and below a row's text
	wordsLeast = 0.3  // what columns of words get at least, if they have so many
	sumsLeast  = 0.42 // for the sums
	sumsMost   = 0.7  // for the amounts of the sums
)

var (
	tableText = style{normal, false, black}
	tableHead = style{small, false, grey}
)

// placed is a column with its place on the page.
type placed struct {
	column
	x, width float64
}

// table draws a table, its head again on every page that it goes on.
func (p *printer) table(t table) {
	columns := p.columns(t)
	p.y += 14
	first := 2 * normal * lead // what stands below the head
	if len(t.Rows) > 0 {
		_, first = p.broken(columns, func(i int) (string, style) { return t.Rows[0][i], tableText })
		first = p.together(first+2*padding) + padding
	}
	p.need(4*normal*lead + first)
	if t.Title != "" {
		p.flow(t.Title, style{normal + 1.5, true, black}, margin, p.inner())
		p.y += 4
	}
	p.head = func() {
		p.cells(columns, func(c placed, _ int) (string, style) { return c.Title, tableHead }, 0)
		p.rule(p.page, margin, p.y, p.inner(), 2*hair, black)
	}
	p.head()
	for _, row := range t.Rows {
		p.cells(columns, func(_ placed, i int) (string, style) { return row[i], tableText }, padding)
		p.rule(p.page, margin, p.y, p.inner(), hair, pale)
	}
	p.head = nil
	p.sums(t.Sums)
}

// columns gives each column its place.
func (p *printer) columns(t table) []placed {
	columns := make([]placed, len(t.Columns))
	room := p.inner() - float64(len(columns)-1)*gutter
	var needs []float64
	words := 0.0
	for i, c := range t.Columns {
		need := p.natural(c.Title, tableHead)
		for _, row := range t.Rows {
			need = max(need, p.natural(row[i], tableText))
		}
		columns[i] = placed{column: c, width: need}
		if c.Words {
			words = max(words, need)
		} else {
			needs = append(needs, need)
		}
	}
	most := fair(needs, room-min(words, room*wordsLeast))
	left := room
	for i := range columns {
		if !columns[i].Words {
			columns[i].width = min(columns[i].width, most)
			left -= columns[i].width
		}
	}
	x := float64(margin)
	for i := range columns {
		if columns[i].Words {
			columns[i].width = left // one column is of words
		}
		columns[i].x = x
		x += columns[i].width + gutter
	}
	return columns
}

// fair is the most that each may have so that all have no more than there is: who needs less leaves the rest to others.
func fair(needs []float64, room float64) float64 {
	total := 0.0
	for _, need := range needs {
		total += need
	}
	if total <= room {
		return room
	}
	share := room / float64(len(needs))
	for range needs { // each round gives away what a further one leaves
		left, greedy := room, 0
		for _, need := range needs {
			if need <= share {
				left -= need
			} else {
				greedy++
			}
		}
		share = left / float64(greedy)
	}
	return share
}

// cells draws a row, on one page unless it is longer than that, with so much space above and below.
func (p *printer) cells(columns []placed, cell func(c placed, i int) (string, style), space float64) {
	texts, whole := p.broken(columns, func(i int) (string, style) { return cell(columns[i], i) })
	_, look := cell(columns[0], 0)
	height := look.size * lead
	p.need(p.together(whole + 2*space))
	p.y += space
	for n := range int(math.Round(whole / height)) {
		if p.head != nil {
			p.need(height)
		}
		for i, c := range columns {
			if n < len(texts[i]) {
				p.put(texts[i][n], look, c.x, c.width, c.Amount)
			}
		}
		p.y += height
	}
	p.y += max(space, padding/2)
}

// broken are the cells of a row in lines, and how high they are.
func (p *printer) broken(columns []placed, cell func(i int) (string, style)) (texts [][]line, height float64) {
	for i, c := range columns {
		text, look := cell(i)
		lines := p.set(text, look, c.width)
		texts, height = append(texts, lines), max(height, float64(len(lines))*look.size*lead)
	}
	return texts, height
}

// together is how much of a row of some height stays on one page: all of a short one, the beginning of a long one.
func (p *printer) together(height float64) float64 {
	const ofPage, beginning = 4, 3 * normal * lead
	if height > p.height/ofPage {
		return beginning + 2*padding
	}
	return height
}

// sums draws the sums below a table at its right, labels and amounts in columns of their own.
func (p *printer) sums(sums []sum) {
	labels, amounts := 0.0, 0.0
	for _, s := range sums {
		look := style{normal, s.Strong, black}
		labels, amounts = max(labels, p.natural(s.Label, look)), max(amounts, p.natural(s.Value, look))
	}
	amounts = min(amounts, p.inner()*sumsMost)
	labels = max(min(labels, p.inner()-amounts-gutter), p.inner()*sumsLeast-amounts-gutter)
	right := margin + p.inner() - amounts
	left := right - gutter - labels
	p.y += padding
	for _, s := range sums {
		look := style{normal, s.Strong, black}
		p.need(normal * lead * float64(len(p.set(s.Value, look, amounts))))
		p.beside(func() { p.flow(s.Label, look, left, labels) }, func() {
			for _, l := range p.set(s.Value, look, amounts) {
				p.put(l, look, right, amounts, true)
				p.y += normal * lead
			}
		})
		p.y += padding * 0.7
	}
}
