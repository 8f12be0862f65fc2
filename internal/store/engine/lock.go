package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// fileLock is held by the one service that may write a SQLite file. The kernel releases it however the process dies, so
// holding it proves that every earlier holder is dead. Readers do not need it.
type fileLock struct{ file *os.File }

// lock takes the lock of a file, by its real name: it may have other ones.
func lock(database string) (*fileLock, error) {
	file, err := os.OpenFile(database+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w: %w", database, ErrNotWritable, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = file.Close() }()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w%s", database, ErrLocked, holder(file))
		}
		return nil, fmt.Errorf("lock %s: %w", database, err)
	}
	if err := sign(file); err != nil {
		return nil, errors.Join(fmt.Errorf("sign the lock of %s: %w", database, err), file.Close())
	}
	return &fileLock{file}, nil
}

// realName follows symbolic links to the file itself, which need not exist yet.
func realName(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return real, unusable(path, err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", path, ErrNoDirectory)
	}
	if err != nil {
		return "", unusable(path, err)
	}
	target, err := os.Readlink(path)
	switch {
	case err != nil: // no link
		return filepath.Join(dir, filepath.Base(path)), nil //nolint:nilerr // a file that is not there yet is where it is going to be
	case filepath.IsAbs(target):
		return realName(target)
	}
	return realName(filepath.Join(dir, target))
}

func unusable(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("open %s: %w: %w", path, ErrNotWritable, err)
}

// release lets the next service in. The file stays: removing it would let two services lock two files of one name.
func (l *fileLock) release() error { return l.file.Close() }

func sign(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}

func holder(file *os.File) string {
	pid := make([]byte, 16)
	n, _ := file.Read(pid)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (process %s)", strings.TrimSpace(string(pid[:n])))
}
