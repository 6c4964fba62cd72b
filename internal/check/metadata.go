package check

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// Member is a member of a JSON object.
type Member struct {
	Name  string
	Value jsontext.Value
}

// Raw is a parameter of any kind as JSON: as it was sent, or else as it is written; nil when there is none.
func Raw(v any) (jsontext.Value, error) {
	if raw, sent := v.(jsontext.Value); sent || v == nil {
		return raw, nil
	}
	return json.Marshal(v)
}

// Metadata refuses what cannot be the metadata of a new object.
func Metadata(sent any) error { return FillMetadata(&clientele.Metadata{}, sent) }

// FillMetadata reads the metadata of a new object.
func FillMetadata(to *clientele.Metadata, sent any) error {
	raw, err := Raw(sent)
	if raw == nil || err != nil {
		return err
	}
	merge, err := MetadataPatch(raw)
	if err != nil {
		return err
	}
	return merge(to)
}

// MetadataPatch reads the keys sent and returns how to merge them: a key that is not sent stays, null deletes it, and
// null for the whole deletes all.
func MetadataPatch(raw jsontext.Value) (func(*clientele.Metadata) error, error) {
	const field = "metadata"
	if raw.Kind() == 'n' {
		return func(m *clientele.Metadata) error { *m = clientele.Metadata{}; return nil }, nil
	}
	members, err := Members(field, raw)
	if err != nil {
		return nil, err
	}
	var errs []error
	for i, m := range members {
		at := field + "." + m.Name
		if n := utf8.RuneCountInString(m.Name); n == 0 || n > MaxMetadataKey {
			errs = append(errs, Invalid(at, "a metadata key has 1 to %d characters; %q has %d", MaxMetadataKey, m.Name, n))
		}
		if members[i].Value, err = Canonical(m.Value); err != nil {
			return nil, err
		}
		if len(members[i].Value) > MaxMetadataValue {
			errs = append(errs, Invalid(at, "%s is longer than %d bytes", at, MaxMetadataValue))
		}
	}
	if err := clientele.JoinInvalid(errs...); err != nil {
		return nil, err
	}
	return func(to *clientele.Metadata) error {
		if *to == nil {
			*to = clientele.Metadata{}
		}
		for _, m := range members {
			if m.Value.Kind() == 'n' {
				delete(*to, m.Name)
			} else {
				(*to)[m.Name] = []byte(m.Value)
			}
		}
		if len(*to) > MaxMetadataKeys {
			return Invalid(field, "metadata would have %d keys; at most %d are allowed", len(*to), MaxMetadataKeys)
		}
		return nil
	}, nil
}

// Canonical is a value as it is stored, filtered by, indexed and answered: without white space, its strings with no
// escape that they do not need. Its numbers keep their digits and its members their order.
func Canonical(raw jsontext.Value) (jsontext.Value, error) {
	value := raw.Clone()
	err := value.Format(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false),
		jsontext.PreserveRawStrings(false), jsontext.SpaceAfterColon(false), jsontext.SpaceAfterComma(false),
		jsontext.Multiline(false))
	return value, err
}

// Members reads the members of a JSON object, by name.
func Members(field string, raw jsontext.Value) ([]Member, error) {
	if raw.Kind() != '{' {
		return nil, Invalid(field, "%s must be an object", field)
	}
	var byName map[string]jsontext.Value
	if err := json.Unmarshal(raw, &byName); err != nil {
		return nil, Invalid(field, "%s must be an object", field)
	}
	members := make([]Member, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		members = append(members, Member{name, byName[name]})
	}
	return members, nil
}

// Size bounds an object that is kept as sent.
func Size(field string, raw jsontext.Value) error {
	if len(raw) > MaxMetadataValue {
		return Invalid(field, "%s is longer than %d bytes", field, MaxMetadataValue)
	}
	return nil
}
