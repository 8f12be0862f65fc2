package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// nobody is a user who owns nothing else.
const nobody = 65534

// asOrdinaryUser lets the programs of this world run as somebody whom the modes of files bind. For root, whom they do not, that is
// nobody, who gets the world's directory and may reach the program.
func (w *world) asOrdinaryUser() {
	w.T.Helper()
	if os.Geteuid() != 0 {
		return
	}
	program, err := exec.LookPath("budgetbot")
	if err != nil {
		w.T.Fatal(err)
	}
	bin := filepath.Dir(program)
	for _, closed := range []string{filepath.Dir(bin), bin, filepath.Dir(w.Dir), w.Dir} {
		err = errors.Join(err, os.Chmod(closed, 0o755))
	}
	give := func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	}
	if err := errors.Join(err, filepath.WalkDir(w.Dir, give)); err != nil {
		w.T.Fatal(err)
	}
	w.user = &syscall.Credential{Uid: nobody, Gid: nobody}
}

// TestADatabaseThatMayNotBeWritten: the service ends with one sentence and the next step. What only reads goes on where SQLite can:
// beside the file it needs room for its index of the log.
func TestADatabaseThatMayNotBeWritten(t *testing.T) {
	t.Parallel()
	const refusal = "budgetbot: error: the database cannot be opened: the database cannot be read or written by this user\n" +
		"budgetbot: hint: give this user the right to read and write the file and its directory\n"
	for _, test := range []struct {
		name  string
		path  string // in the world's directory
		mode  fs.FileMode
		check int // exit code of a check that only reads
		says  string
	}{
		{"the file may only be read", "budgetbot.db", 0o400, exitOK, "na-bandwidth     390 TB"},
		{"the file may not even be read", "budgetbot.db", 0, exitFailed, refusal},
		{"nothing may be made in its directory", ".", 0o500, exitFailed, refusal},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Uses(390, 50)
			w.asOrdinaryUser()
			w.launch().connected().terminate()
			if test.path == "." { // what SQLite left behind, it need not make
				for _, left := range []string{"budgetbot.db-wal", "budgetbot.db-shm"} {
					if err := os.Remove(w.Path(left)); err != nil && !errors.Is(err, fs.ErrNotExist) {
						t.Fatal(err)
					}
				}
			}
			if err := os.Chmod(w.Path(test.path), test.mode); err != nil {
				t.Fatal(err)
			}
			w.expectEnd(w.launch(), exitFailed, refusal)
			w.expectEnd(w.run("check"), test.check, test.says)
			if err := os.Chmod(w.Dir, 0o700); err != nil { // to be removed
				t.Error(err)
			}
		})
	}
}
