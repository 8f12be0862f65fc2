package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

func readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{name: r.PathValue("method"), args: args{}, origin: "http://" + r.Host}
	c.bearer, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		if params["charset"] == "" {
			c.warn = "missing_charset"
		}
		return c, c.readJSON(r.Body)
	}
	if err := r.ParseMultipartForm(maxBody); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return c, refuse("invalid_form_data")
	}
	for key, values := range r.Form {
		c.args[key] = values[0]
	}
	c.posted = c.args.text("token")
	delete(c.args, "token")
	return c, nil
}

func (c *call) readJSON(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return refuse("invalid_json")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	value, err := decode(raw)
	if err != nil {
		return refuse("invalid_json")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return refuse("json_not_object")
	}
	c.args = object
	// Slack does not look for a token in a JSON body.
	delete(c.args, "token")
	return nil
}

// args are a call's arguments, from a form (all text) or from JSON.
type args map[string]any

func (a args) has(key string) bool { _, ok := a[key]; return ok }

func (a args) text(key string) string {
	switch v := a[key].(type) {
	case string:
		return v
	case nil:
		return ""
	case bool, json.Number:
		return fmt.Sprint(v)
	}
	return ""
}

func (a args) flag(key string) bool {
	v := a.text(key)
	return v == "true" || v == "1"
}

func (a args) number(key string, otherwise int) int {
	n, err := strconv.Atoi(a.text(key))
	if err != nil {
		return otherwise
	}
	return n
}

// nested decodes an argument that holds JSON, which a form carries as text.
func (a args) nested(key string) (value any, present bool, err error) {
	raw, present := a[key]
	if !present || raw == nil {
		return nil, false, nil
	}
	text, ok := raw.(string)
	if !ok {
		return raw, true, nil
	}
	if text == "" {
		return nil, false, nil
	}
	value, err = decode([]byte(text))
	return value, true, err
}

// decode reads one JSON value and nothing after it, keeping numbers as they are written.
func decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return value, nil
}
