package store

import (
	"fmt"
	"net/url"
	"strings"
)

const inMemory = ":memory:"

// address is a database URL, taken apart.
type address struct {
	file     string // of SQLite, or inMemory; empty for PostgreSQL
	postgres string // the URL as it came; empty for SQLite
}

func parseAddress(text string) (address, error) {
	if file, ok := strings.CutPrefix(text, "sqlite://"); ok && file != "" {
		return parseFile(file)
	}
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if strings.HasPrefix(text, scheme) {
			return address{postgres: text}, nil
		}
	}
	return address{}, ErrAddress
}

// parseFile reads what follows sqlite://. A question mark begins options, as in every URL, and there are none: what somebody hopes of
// one, such as mode=ro, must not end up in the name of a file.
func parseFile(text string) (address, error) {
	file, options, _ := strings.Cut(text, "?")
	if file == "" {
		return address{}, ErrAddress
	}
	if file == text {
		return address{file: file}, nil
	}
	name, _, _ := strings.Cut(strings.Split(options, "&")[0], "=")
	return address{}, &OpenError{
		Problem: fmt.Sprintf("a SQLite file takes no options, and DATABASE_URL has %q", name),
		Next:    "leave out the question mark of DATABASE_URL and what follows it",
	}
}

// dsn returns the driver's form of a SQLite file with the settings to open it with.
func (a address) dsn(settings url.Values) string {
	if a.file == inMemory {
		return "file::memory:?" + settings.Encode()
	}
	return "file:" + (&url.URL{Path: a.file}).EscapedPath() + "?" + settings.Encode()
}
