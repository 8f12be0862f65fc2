package fastlysim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// This file is a careful client, small because it knows the default envelopes
// alone. It shows that what the catalogue demands can be done.

const (
	mostBytes = 4 << 20
	mostPages = 20
)

// figures are what was read, by what they are of.
type figures map[string]string

// refused is an error of a known kind, with Fastly's words.
type refused struct {
	kind fault.Kind
	says string
}

func (r *refused) Error() string { return fmt.Sprintf("kind %d: %s", r.kind, r.says) }

func notUnderstoodAs(format string, values ...any) error {
	return &refused{fault.NotUnderstood, fmt.Sprintf(format, values...)}
}

// ask reads an endpoint to its end, and waits so long for each answer.
func ask(t *testing.T, s *Server, path, question string, patience time.Duration) (figures, error) {
	t.Helper()
	c := client(t)
	c.Timeout = patience
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	found, cursor := figures{}, ""
	for range mostPages {
		address := s.URL() + path + "?" + question
		if cursor != "" {
			address += "&cursor=" + url.QueryEscape(cursor)
		}
		root, err := askOnce(c, newRequest(t, http.MethodGet, address))
		if err != nil {
			return nil, err
		}
		next, err := found.take(root)
		if err != nil {
			return nil, err
		}
		if next == "" {
			return found, nil
		}
		if next == cursor {
			return nil, notUnderstoodAs("cursor %s again", next)
		}
		cursor = next
	}
	return nil, notUnderstoodAs("more than %d pages", mostPages)
}

func askOnce(c *http.Client, request *http.Request) (any, error) {
	got, err := c.Do(request)
	if err != nil {
		return nil, &refused{fault.Unreachable, err.Error()}
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(got.Body, mostBytes))
	switch {
	case err != nil:
		return nil, &refused{fault.Unreachable, err.Error()}
	case len(body) == mostBytes:
		return nil, notUnderstoodAs("too large")
	case got.StatusCode != http.StatusOK:
		return nil, &refused{kindOf(got.StatusCode), string(body)}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, notUnderstoodAs("%v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, notUnderstoodAs("more than one value")
	}
	return root, nil
}

func kindOf(status int) fault.Kind {
	switch {
	case status == 401:
		return fault.TokenRefused
	case status == 403:
		return fault.NotAllowed
	case status == 429:
		return fault.RateLimited
	case status >= 500:
		return fault.ServerTrouble
	case status >= 400:
		return fault.Rejected
	}
	return fault.NotUnderstood
}

// take reads a page and returns the cursor of the next.
func (f figures) take(root any) (next string, err error) {
	if list, ok := root.([]any); ok && len(list) == 0 {
		return "", nil
	}
	outer, ok := root.(map[string]any)
	if !ok {
		return "", notUnderstoodAs("%T", root)
	}
	switch data := outer["data"].(type) {
	case []any:
		for _, row := range data {
			if err := f.takeUsage(row); err != nil {
				return "", err
			}
		}
		return "", nil
	case map[string]any:
		return f.takeServices(data)
	case nil:
		if _, there := outer["data"]; there { // how Go writes an empty list
			return "", nil
		}
	}
	return "", notUnderstoodAs("data is %T", outer["data"])
}

func (f figures) takeUsage(value any) error {
	row, _ := value.(map[string]any)
	month, err := text(row, "month")
	if _, errMonth := account.ParseMonth(month); err != nil || errMonth != nil || month < "2023-01" || month > "2023-03" {
		return notUnderstoodAs("month %q", month)
	}
	product, err := text(row, "product_id")
	if err != nil {
		return err
	}
	usageType, err := text(row, "usage_type")
	if err != nil {
		return err
	}
	if _, err := text(row, "unit"); err != nil {
		return err
	}
	if raw := row["raw_quantity"]; raw != nil {
		if _, err := figureOf(raw); err != nil {
			return err
		}
	}
	return f.add(month+" "+product+" "+usageType, row["quantity"])
}

func (f figures) takeServices(data map[string]any) (next string, err error) {
	details, ok := data["details"].([]any)
	if !ok {
		return "", notUnderstoodAs("details are %T", data["details"])
	}
	for _, value := range details {
		row, _ := value.(map[string]any)
		id, err := text(row, "service_id")
		if err != nil {
			return "", err
		}
		if err := f.add(id, row["usage_units"]); err != nil {
			return "", err
		}
	}
	meta, _ := data["meta"].(map[string]any)
	if meta["next_cursor"] == nil || meta["next_cursor"] == "" {
		return "", nil
	}
	return text(meta, "next_cursor")
}

func (f figures) add(name string, value any) error {
	figure, err := figureOf(value)
	if err != nil {
		return err
	}
	if _, twice := f[name]; twice {
		return notUnderstoodAs("%s twice", name)
	}
	f[name] = figure
	return nil
}

var plainFigure = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func figureOf(value any) (string, error) {
	figure := fmt.Sprint(value)
	if !plainFigure.MatchString(figure) {
		return "", notUnderstoodAs("figure %q", figure)
	}
	return figure, nil
}

func text(row map[string]any, name string) (string, error) {
	value, ok := row[name].(string)
	if !ok || value == "" {
		return "", notUnderstoodAs("%s is %v", name, row[name])
	}
	return value, nil
}
