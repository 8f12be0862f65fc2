package engine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock takes the lock of a file, by its real name. The one service that may write the file holds it. The kernel releases it however the
// process dies, so holding it proves that every earlier holder is dead. Readers do not need it.
func lock(database string) (*os.File, error) {
	file, err := os.OpenFile(database+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w: %w", database, ErrNotWritable, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = file.Close() }()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w%s", database, ErrLocked, holder(file.Name()))
		}
		return nil, fmt.Errorf("lock %s: %w", database, err)
	}
	if err := os.WriteFile(file.Name(), fmt.Appendln(nil, os.Getpid()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("sign the lock of %s: %w", database, err), file.Close())
	}
	return file, nil
}

// holder names the process that signed the lock.
func holder(lockFile string) string {
	pid, _ := os.ReadFile(lockFile)
	if len(pid) == 0 {
		return ""
	}
	return fmt.Sprintf(" (process %s)", bytes.TrimSpace(pid))
}
