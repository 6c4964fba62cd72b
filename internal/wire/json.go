package wire

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep a body's objects and lists may be nested; the body itself is the first level.
const MaxDepth = 32

// Check says whether a body is one JSON object (RFC 8259) and nothing else, valid in every respect in which JSON
// readers differ: UTF-8 without lone surrogates, no name twice, no U+0000, numbers within double precision's range,
// depth at most [MaxDepth]. An empty body counts as {}.
// Errors are [*clientele.Error] of code Invalid; their field is a path like lines[0].quantity.
func Check(body []byte) error {
	body = orEmpty(body)
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	if kind := decoder.PeekKind(); kind != '{' && kind != jsontext.KindInvalid {
		return invalid("", "the body must be a JSON object")
	}
	mayHaveNUL := bytes.Contains(body, []byte(`\u0000`))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return syntaxError(body, decoder, err)
		}
		if err := checkToken(decoder, token, mayHaveNUL); err != nil {
			return err
		}
		if decoder.StackDepth() == 0 {
			break
		}
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return invalid("", "the body has something after its JSON object")
	}
	return nil
}

func checkToken(decoder *jsontext.Decoder, token jsontext.Token, mayHaveNUL bool) error {
	switch token.Kind() {
	case '{', '[':
		if decoder.StackDepth() > MaxDepth {
			field := path(decoder, decoder.StackPointer())
			return invalid(field, "the body is nested deeper than %d levels", MaxDepth)
		}
	case '"':
		if mayHaveNUL && strings.ContainsRune(token.String(), 0) {
			field := path(decoder, decoder.StackPointer())
			return invalid(field, "%s contains the character U+0000", shorten(field))
		}
	case '0':
		if _, err := token.Float(); err != nil {
			field := path(decoder, decoder.StackPointer())
			return invalid(field, "%s is a number out of range", shorten(field))
		}
	}
	return nil
}

// Decode checks a body as [Check] does and decodes it into the struct v points to. Names are case-sensitive and a name
// the struct does not have is refused. A type with an UnmarshalJSON of its own explains itself: its error's text is
// shown to clients. A field of type any gets its JSON as it was sent, as a [jsontext.Value].
func Decode(body []byte, v any) error {
	if err := Check(body); err != nil {
		return err
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(orEmpty(body)))
	err := json.UnmarshalDecode(decoder, v, json.RejectUnknownMembers(true), keepAny)
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return meaningError(decoder, semantic)
	}
	return err
}

// keepAny keeps what may be any JSON as it was sent, a jsontext.Value: its numbers keep their digits.
var keepAny = json.WithUnmarshalers(json.UnmarshalFromFunc(func(decoder *jsontext.Decoder, v *any) error {
	raw, err := decoder.ReadValue()
	*v = raw.Clone()
	return err
}))

func orEmpty(body []byte) []byte {
	if len(body) == 0 {
		return []byte("{}")
	}
	return body
}

// syntaxError says what is wrong with a body that is not JSON.
func syntaxError(body []byte, decoder *jsontext.Decoder, err error) error {
	syntactic, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return invalid("", "the body ends before its JSON object does")
	}
	field := path(decoder, syntactic.JSONPointer)
	subject := shorten(field)
	if subject == "" {
		subject = "the body"
	}
	rest := body[min(int(syntactic.ByteOffset), len(body)):]
	switch char, size := utf8.DecodeRune(rest); {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return invalid(field, "%s is given twice", subject)
	case char == utf8.RuneError && size == 1:
		return invalid(field, "%s is not valid UTF-8", subject)
	case bytes.HasPrefix(rest, []byte(`\u`)):
		return invalid(field, "%s has half of a surrogate pair, or a wrong \\u escape", subject)
	}
	return invalid(field, "%s is not valid JSON near byte %d", subject, syntactic.ByteOffset)
}

// meaningError says why a valid body does not fit.
func meaningError(decoder *jsontext.Decoder, err *json.SemanticError) error {
	field := path(decoder, err.JSONPointer)
	subject := shorten(field)
	if subject == "" {
		subject = "the body"
	}
	switch {
	case errors.Is(err, json.ErrUnknownName):
		name := field[strings.LastIndexByte(field, '.')+1:]
		return invalid(field, "%q is not a field of this request%s", subject, DidYouMean(name, NamesOf(err.GoType)))
	case explainsItself(err.GoType) && err.Err != nil:
		return invalid(field, "%s: %s", subject, err.Err)
	case errors.Is(err, strconv.ErrRange):
		return invalid(field, "%s is out of range", subject)
	}
	return invalid(field, "%s must be %s", subject, expected(err.GoType))
}

var (
	unmarshaler     = reflect.TypeFor[stdjson.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func explainsItself(t reflect.Type) bool {
	if t == nil {
		return false
	}
	t = reflect.PointerTo(t)
	return t.Implements(unmarshaler) || t.Implements(textUnmarshaler)
}

// NamesOf are the names of a struct's members in JSON.
func NamesOf(t reflect.Type) (names []string) {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// expected names what a Go type is in JSON.
func expected(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil {
		return "something else"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	default:
		return "something else"
	}
}

// path writes a JSON pointer (RFC 6901) into what the decoder is reading as people do: lines[0].quantity.
func path(decoder *jsontext.Decoder, pointer jsontext.Pointer) string {
	var b strings.Builder
	level := 0
	for token := range pointer.Tokens() {
		level++
		kind := jsontext.Kind('{')
		if level <= decoder.StackDepth() {
			kind, _ = decoder.StackIndex(level)
		}
		switch {
		case kind == '[':
			b.WriteString("[" + token + "]")
		case level == 1:
			b.WriteString(token)
		default:
			b.WriteString("." + token)
		}
	}
	return b.String()
}
