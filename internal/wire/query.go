package wire

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// Limits of a query string. Depth and list length are those of qs, past which it changes the shape of what it read.
const (
	MaxQueryBytes   = 8 << 10
	MaxQueryParams  = 100
	MaxQueryDepth   = 5   // pairs of brackets
	MaxQueryIndex   = 19  // of a list
	maxReportedName = 128 // characters of a name that an error repeats
)

// Query is a parsed query string. The zero value is an empty one.
type Query struct {
	names []string
	root  node
}

// ParseQuery reads a raw query string (without its question mark) in the style of the npm package qs 6: percent
// encoding, + for a space, objects as a[b]=x, lists as a[0]=x or a[]=x. A dot means nothing: metadata.plan is one name.
//
// What it accepts it reads as qs does. What qs repairs, drops or guesses at is refused instead, so that nothing can
// stand in a signed query without being signed: empty pairs (but for an & at the end) and names, names of
// Object.prototype, unbalanced brackets,
// a value given twice, a name used in two shapes, lists with holes, and more than the limits above.
// Errors are [*clientele.Error] of code Invalid and name the parameter.
func ParseQuery(raw string) (*Query, error) {
	q := &Query{}
	if raw = strings.TrimSuffix(raw, "&"); raw == "" { // which nothing follows
		return q, nil
	}
	if len(raw) > MaxQueryBytes {
		return nil, invalid("", "the query string is longer than %d bytes", MaxQueryBytes)
	}
	pairs := strings.Split(raw, "&")
	if len(pairs) > MaxQueryParams {
		return nil, invalid("", "the query string has more than %d parameters", MaxQueryParams)
	}
	for _, pair := range pairs {
		name, value, err := readPair(pair)
		if err != nil {
			return nil, err
		}
		if err := q.add(name, value); err != nil {
			return nil, err
		}
	}
	for _, name := range q.names {
		if !q.root.members[name].contiguous() {
			return nil, invalid(name, "the indices of %s must count from 0 without holes", shorten(name))
		}
	}
	return q, nil
}

// Names are the top-level names in order of appearance.
func (q *Query) Names() []string { return slices.Clone(q.names) }

// String returns a parameter that is one text, and whether it was given. It is an error when the parameter was given
// as a list or an object.
func (q *Query) String(name string) (string, bool, error) {
	n := q.root.members[name]
	if n == nil {
		return "", false, nil
	}
	if n.shape != scalar {
		return "", false, invalid(name, "%s must be given once, as %s=…", shorten(name), shorten(name))
	}
	return n.text, true, nil
}

// Value returns a parameter as a string, a []any or a map[string]any of the same, or nil when it was not given.
func (q *Query) Value(name string) any {
	if n := q.root.members[name]; n != nil {
		return n.value()
	}
	return nil
}

// JSON is the canonical JSON (RFC 8785) of the query: an object in which every scalar is a string. It is what the
// published client signs.
func (q *Query) JSON() []byte {
	object := make(map[string]any, len(q.names))
	for _, name := range q.names {
		object[name] = q.Value(name)
	}
	out, err := json.Marshal(object)
	if err == nil {
		err = (*jsontext.Value)(&out).Canonicalize()
	}
	if err != nil {
		panic("wire: a query of valid UTF-8 strings has no JSON: " + err.Error())
	}
	return out
}

// readPair splits and decodes one name=value.
func readPair(pair string) (name, value string, err error) {
	if pair == "" {
		return "", "", invalid("", "the query string has an empty parameter: an & too many")
	}
	rawName, rawValue, found := strings.Cut(pair, "=")
	if name, err = unescape(rawName, rawName); err != nil {
		return "", "", err
	}
	if !found {
		return "", "", invalid(name, "the parameter %s has no value: write %s=…", shorten(name), shorten(name))
	}
	if value, err = unescape(rawValue, name); err != nil {
		return "", "", err
	}
	// qs splits at the first "]=" rather than the first "=", where there is one.
	if !strings.HasSuffix(name, "]") && strings.Contains(strings.ReplaceAll(upperEscapes(rawValue), "%5D", "]"), "]=") {
		return "", "", invalid(name, "write = as %%3D in the value of %s", shorten(name))
	}
	return name, value, nil
}

func upperEscapes(raw string) string { return strings.ReplaceAll(raw, "%5d", "%5D") }

func unescape(raw, name string) (string, error) {
	text, err := url.QueryUnescape(raw)
	switch {
	case err != nil:
		return "", invalid(name, "the parameter %s has a wrong %% escape", shorten(name))
	case !utf8.ValidString(text):
		return "", invalid(name, "the parameter %s is not valid UTF-8", shorten(name))
	case strings.ContainsRune(text, 0):
		return "", invalid(name, "the parameter %s contains the character U+0000", shorten(name))
	}
	return text, nil
}

// add puts a value where its name says.
func (q *Query) add(name, value string) error {
	path, err := splitName(name)
	if err != nil {
		return err
	}
	if q.root.members[path[0]] == nil {
		q.names = append(q.names, path[0])
	}
	at := q.root.member(path[0])
	for i, segment := range path[1:] {
		next, problem := at.step(segment, i == len(path)-2)
		if problem != "" {
			return invalid(name, "the parameter %s %s", shorten(name), problem)
		}
		at = next
	}
	switch at.shape {
	case unset:
		at.shape, at.text = scalar, value
		return nil
	case scalar:
		return invalid(name, "the parameter %s is given twice", shorten(name))
	default:
		return invalid(name, "the parameter %s %s", shorten(name), twoShapes)
	}
}

// splitName turns a[b][0] into a, b, 0.
func splitName(name string) ([]string, error) {
	first, rest, nested := strings.Cut(name, "[")
	path := []string{first}
	for nested {
		segment, after, closed := strings.Cut(rest, "]")
		if !closed || strings.Contains(segment, "[") {
			return nil, invalid(name, "the brackets of %s are not balanced", shorten(name))
		}
		path = append(path, segment)
		if after == "" {
			break
		}
		if after[0] != '[' {
			return nil, invalid(name, "the parameter %s has text after a closing bracket", shorten(name))
		}
		rest = after[1:]
	}
	switch {
	case first == "":
		return nil, invalid(name, "the query string has a parameter without a name")
	case strings.Contains(first, "]"):
		return nil, invalid(name, "the brackets of %s are not balanced", shorten(name))
	case len(path)-1 > MaxQueryDepth:
		return nil, invalid(name, "the parameter %s is nested deeper than %d", shorten(name), MaxQueryDepth)
	}
	for _, segment := range path {
		if slices.Contains(prototypeNames, segment) {
			return nil, invalid(name, "%s cannot be part of a parameter's name", segment)
		}
	}
	return path, nil
}

// prototypeNames are the properties of JavaScript's Object.prototype, which qs drops without a word, and prototype.
var prototypeNames = []string{
	"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor",
	"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "prototype", "toLocaleString", "toString", "valueOf",
}

type shape int

const (
	unset shape = iota
	scalar
	object
	list     // a[0]=x
	appended // a[]=x
)

const twoShapes = "is used in two ways: as one value, a list or an object"

// node is a value being put together: of its fields, those of its shape are set.
type node struct {
	shape   shape
	text    string
	members map[string]*node
	items   map[int]*node
}

// step goes from a value into the part of it that one pair of brackets names, or says why it cannot.
func (n *node) step(segment string, last bool) (next *node, problem string) {
	want, index := object, 0
	if segment == "" {
		want, index = appended, len(n.items)
	} else if isIndex(segment) {
		want = list
		index, _ = strconv.Atoi(segment)
	}
	switch {
	case want == appended && !last:
		return nil, "has [] before its end: number the list, as [0]"
	case want != object && (index > MaxQueryIndex || len(segment) > 2):
		return nil, "names more than " + strconv.Itoa(MaxQueryIndex+1) + " values of a list"
	case n.shape != unset && n.shape != want:
		return nil, twoShapes
	}
	n.shape = want
	if want == object {
		return n.member(segment), ""
	}
	return n.item(index), ""
}

func (n *node) member(name string) *node {
	if n.members == nil {
		n.members = map[string]*node{}
	}
	if n.members[name] == nil {
		n.members[name] = &node{}
	}
	return n.members[name]
}

func (n *node) item(index int) *node {
	if n.items == nil {
		n.items = map[int]*node{}
	}
	if n.items[index] == nil {
		n.items[index] = &node{}
	}
	return n.items[index]
}

// contiguous says whether every list in the value has all its items.
func (n *node) contiguous() bool {
	for i := range len(n.items) {
		if n.items[i] == nil {
			return false
		}
	}
	parts := slices.AppendSeq(slices.Collect(maps.Values(n.items)), maps.Values(n.members))
	return !slices.ContainsFunc(parts, func(part *node) bool { return !part.contiguous() })
}

func (n *node) value() any {
	switch n.shape {
	case object:
		members := make(map[string]any, len(n.members))
		for name, member := range n.members {
			members[name] = member.value()
		}
		return members
	case list, appended:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = item.value()
		}
		return items
	default:
		return n.text
	}
}

// isIndex says whether qs takes a segment for a list's index: digits without leading zeros.
func isIndex(segment string) bool {
	return strings.Trim(segment, "0123456789") == "" && (segment[0] != '0' || segment == "0")
}

func invalid(field, format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, shorten(field), format, args...)
}

// shorten makes a name fit to be repeated in an error.
func shorten(name string) string {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, "\uFFFD"), "\x00", `\u0000`)
	if utf8.RuneCountInString(name) <= maxReportedName {
		return name
	}
	return string([]rune(name)[:maxReportedName]) + "…"
}
