package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"

	"go.uber.org/zap"
)

// WatchedFile is the SQLite file that a service has open, under the name it was given. The system lets go of a removed file only when it is
// closed, so that SQLite itself sees nothing of it.
type WatchedFile struct {
	name   string
	opened fs.FileInfo
	log    *zap.Logger

	trouble atomic.Value // as of the last look
}

// Watch remembers the file that stands under the name now.
func Watch(name string, log *zap.Logger) (*WatchedFile, error) {
	opened, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", name, err)
	}
	return &WatchedFile{name: name, opened: opened, log: log}, nil
}

// Look returns what is wrong with the file, and logs it when it is new.
func (w *WatchedFile) Look() string {
	found := w.compare()
	if before := w.trouble.Swap(found); found != "" && found != before {
		w.log.Error("the open database file is no longer the one of its name", zap.String("trouble", found))
	}
	return found
}

func (w *WatchedFile) compare() string {
	const after = "the service goes on with the old one, which is lost when it ends: stop it, and put the right file in place"
	now, err := os.Stat(w.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("the database file %s was removed; %s", w.name, after)
	case err != nil:
		return fmt.Sprintf("the database file cannot be checked: %s", err)
	case !os.SameFile(w.opened, now):
		return fmt.Sprintf("the database file %s was replaced by another one; %s", w.name, after)
	}
	return ""
}
