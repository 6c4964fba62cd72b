package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// document is the whole document.
func (g *generator) document() object {
	paths := obj()
	for _, r := range table() {
		method, path, _ := strings.Cut(strings.TrimSuffix(r.pattern, "{$}"), " ")
		item, ok := paths.Get(path)
		if !ok {
			item = obj()
			paths.Set(path, item)
		}
		item.(object).Set(strings.ToLower(method), g.operation(r, method))
	}
	g.schema(g.answers, clientele.Error{})
	var tags []any
	for _, of := range groups {
		tags = append(tags, obj("name", of.name, "description", of.about))
	}
	return obj(
		"openapi", "3.1.1",
		"info", obj("title", "Clientele", "version", "0.1.0",
			"summary", "The customers of a business: who they are, what they owe, what they paid.",
			"description", introduction,
			"license", obj("name", "Apache-2.0", "identifier", "Apache-2.0")),
		"servers", []any{obj("url", "http://127.0.0.1:8080", "description", "Where `clientele serve` listens by default.")},
		"security", []any{obj("apiKey", []any{}), obj("componentSignature", []any{})},
		"tags", tags,
		"paths", paths,
		"components", obj(
			"schemas", g.components(), "responses", g.failures(), "parameters", sharedParameters(),
			"headers", headers(), "securitySchemes", securitySchemes()),
	)
}

// repeatable says whether the server keeps the answer for a repetition of the request.
func (r route) repeatable(method string) bool {
	return r.access == authenticated && method != http.MethodGet && !r.fresh
}

func (g *generator) operation(r route, method string) object {
	operation := obj("operationId", r.id, "tags", []string{r.group}, "summary", r.summary)
	if r.access == public {
		operation.Set("security", []any{})
	}
	if parameters := g.parameters(r, method); len(parameters) > 0 {
		operation.Set("parameters", parameters)
	}
	if r.body != nil {
		schema := g.schema(g.requests, r.body)
		body := obj("content", obj("application/json", obj("schema", schema, "example", requestExamples[r.id])))
		if named := g.schemas[strings.TrimPrefix(schema.Ref, "#/$defs/")]; named != nil && len(named.Required) > 0 {
			body.Set("required", true)
		}
		operation.Set("requestBody", body)
	}
	operation.Set("responses", g.responses(r, method))
	return operation
}

func (g *generator) parameters(r route, method string) (all []any) {
	for _, segment := range strings.Split(r.pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && segment != "{$}" {
			name = strings.TrimSuffix(name, "}")
			all = append(all, obj("name", name, "in", "path", "required", true, "description", pathParameter(r, name),
				"schema", obj("type", "string"), "example", idExamples[r.group+" "+name]))
		}
	}
	for _, p := range append(g.described(r), r.query...) {
		all = append(all, g.parameter(p))
	}
	if r.access != public {
		all = append(all, shared("parameters", "livemode"))
	}
	if r.repeatable(method) {
		all = append(all, shared("parameters", "Idempotency-Key"), shared("parameters", "If-Match"))
	}
	return all
}

func pathParameter(r route, name string) string {
	switch {
	case name == "external_id":
		return "The application's own name for the customer."
	case strings.HasSuffix(r.pattern, "/restore"):
		return "The customer's id; its DID is free since the deletion."
	case r.group == "Customers":
		return "The customer's id, or its DID in any form: zX, did:abt:zX or 0x and 40 hex digits."
	}
	return "The object's id."
}

// described are the parameters that are fields of a struct, with their comments.
func (g *generator) described(r route) (all []param) {
	if r.params == nil {
		return nil
	}
	t := reflect.TypeOf(r.params)
	for _, field := range clientele.QueryFields(t) {
		of := t
		for _, i := range field.Index[:len(field.Index)-1] {
			of = of.Field(i).Type
		}
		names := strings.Split(field.Tag.Get("query"), ",")
		p := param{names[0], g.comments[of.PkgPath()+"."+of.Name()+"."+memberName(field.Name, names[0])], nil}
		if p.name == "order" {
			last := len(r.sorts) - 1
			p.about = "The sort order, newest first when absent: created_at:DESC, several separated by commas, or " +
				"order[0][0]=created_at&order[0][1]=DESC. By " + strings.Join(r.sorts[:last], ", ") + " or " +
				r.sorts[last] + "."
		}
		switch v := reflect.Zero(field.Type).Interface().(type) {
		case int64, []clientele.InvoiceStatus, map[string]string:
			p.value = v
		case clientele.TimeRange:
			p.value = bounds{}
		case bool, *bool:
			p.value = true
		default:
			p.value = ""
		}
		all = append(all, p)
		for _, other := range names[1:] {
			all = append(all, param{other, otherNames[other], p.value})
		}
	}
	return all
}

// otherNames are what other names of parameters are.
var otherNames = map[string]string{
	"limit": "Another name of pageSize.", "size": "Another name of pageSize.", "o": "An older name of order.",
	"metadata": "The same as metadata[plan]=gold.",
}

// bounds is how a range of time is given: created_at[gte]=2026-01-01.
type bounds struct {
	// At this moment or later.
	GTE string `json:"gte,omitempty"`
	// Later than this moment.
	GT string `json:"gt,omitempty"`
	// Earlier than this moment.
	LT string `json:"lt,omitempty"`
	// At this moment or earlier.
	LTE string `json:"lte,omitempty"`
}

// parameter describes a query parameter by the type of its value.
func (g *generator) parameter(p param) object {
	schema := g.schema(g.requests, p.value)
	var style, explode any
	switch reflect.TypeOf(p.value).Kind() {
	case reflect.Int64:
		schema.Minimum = "1"
		if p.name != "page" {
			schema.Maximum = json.Number(strconv.Itoa(maxPageSize))
		}
	case reflect.Slice:
		style, explode = "form", false
	case reflect.Map, reflect.Struct:
		style, explode = "deepObject", true
	}
	name := p.name
	if strings.HasSuffix(name, ".") { // every member of the object is a parameter of its own
		style = "form"
		name += "KEY"
		schema.PropertyNames = &jsonschema.Schema{Pattern: "^" + regexp.QuoteMeta(p.name) + "."}
	}
	return obj("name", name, "in", "query", "description", p.about,
		"required", when(strings.HasPrefix(p.about, "Required."), true), "style", style, "explode", explode,
		"schema", schema, "example", queryExamples[p.name])
}

func (g *generator) responses(r route, method string) object {
	all := obj()
	status := max(r.status, http.StatusOK)
	all.Set(strconv.Itoa(status), g.success(r, method, http.StatusText(status)+"."))
	if r.upserts {
		all.Set("201", g.success(r, method, "Created: the customer is new."))
	}
	if r.previews {
		preview := g.success(r, method, "What would become of it; nothing is changed.")
		fields, _ := preview.Get("headers")
		fields.(object).Delete("ETag") // what is not there has no version
		all.Set("200", preview)
	}
	for _, status := range failureStatuses(r, method) {
		all.Set(strconv.Itoa(status), shared("responses", failureName(status)))
	}
	return all
}

// hasVersion says whether answers of a type are versions of an object: itself, with what it refers to, or, of the
// business, a part of the settings.
func hasVersion(t reflect.Type) bool {
	if t.Kind() == reflect.Struct && t.NumField() > 0 && t.Field(0).Anonymous && strings.HasSuffix(t.Name(), "Expanded") {
		t = t.Field(0).Type
	}
	return store.IsVersioned(t) || t == reflect.TypeFor[clientele.Business]()
}

// success describes a good answer.
func (g *generator) success(r route, method, about string) object {
	media := r.media
	if media == "" {
		media = "application/json"
	}
	fields := obj("X-Request-Id", shared("headers", "X-Request-Id"))
	if hasVersion(reflect.TypeOf(r.answers)) {
		fields.Set("ETag", shared("headers", "ETag"))
	}
	if r.repeatable(method) {
		fields.Set("Idempotent-Replayed", shared("headers", "Idempotent-Replayed"))
	}
	content := obj("schema", g.schema(g.answers, r.answers), "example", answerExamples[reflect.TypeOf(r.answers)])
	contents := obj(media, content)
	for _, other := range r.also {
		contents.Set(other, obj("schema", obj("type", "string")))
	}
	return obj("description", about, "headers", fields, "content", contents)
}

// failureStatuses are the statuses of the errors that a route may answer. 405 is not among them: it says that the path
// has no such route.
func failureStatuses(r route, method string) []int {
	all := []int{
		http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusInternalServerError,
	}
	if r.access != public {
		all = append(all, http.StatusUnauthorized, http.StatusServiceUnavailable)
	}
	if r.access == authenticated {
		all = append(all, http.StatusForbidden)
	}
	if strings.HasSuffix(r.pattern, "/readyz") {
		all = append(all, http.StatusServiceUnavailable)
	}
	if r.repeatable(method) {
		all = append(all, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity)
	}
	if strings.Contains(strings.TrimSuffix(r.pattern, "{$}"), "{") && !r.upserts {
		all = append(all, http.StatusNotFound)
	}
	if slices.Contains([]string{"listEvents", "retrieveEvent", "resendWebhookEvent", "replayWebhookEvents"}, r.id) {
		all = append(all, http.StatusGone)
	}
	slices.Sort(all)
	return all
}
