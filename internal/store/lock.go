package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// fileLock is held by the one service that may write a SQLite file. The kernel lets go of it when the process dies, however
// it dies, so that whoever holds it knows every earlier holder dead. Readers do not need it.
type fileLock struct{ file *os.File }

func lock(database string) (*fileLock, error) {
	if _, err := os.Stat(filepath.Dir(database)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", database, ErrNoDirectory)
	}
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
