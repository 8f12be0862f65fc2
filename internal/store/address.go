package store

import (
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
		return address{file: file}, nil
	}
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if strings.HasPrefix(text, scheme) {
			return address{postgres: text}, nil
		}
	}
	return address{}, ErrAddress
}

// dsn returns the driver's form of a SQLite file with the settings to open it with.
func (a address) dsn(settings url.Values) string {
	if a.file == inMemory {
		return "file::memory:?" + settings.Encode()
	}
	return "file:" + (&url.URL{Path: a.file}).EscapedPath() + "?" + settings.Encode()
}
