package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		url      string
		readOnly bool
		want     error
	}{
		{"no address at all", "", false, engine.ErrAddress},
		{"a scheme that is neither database's", "mysql://root@localhost/budgetbot", false, engine.ErrAddress},
		{"a SQLite address without a file", "sqlite://", false, engine.ErrAddress},
		{"a PostgreSQL address with a port that is none", "postgres://u:hunter2@localhost:x/b", false, engine.ErrAddress},
		{"a PostgreSQL server that does not answer", "postgres://u:hunter2@127.0.0.1:1/b", false, engine.ErrUnreachable},
		{"a directory that does not exist", "sqlite://" + dir + "/none/b.db", false, engine.ErrNoDirectory},
		{"a directory in the place of the file", "sqlite://" + dir, false, engine.ErrNotWritable},
		{"a directory that nobody may write", "sqlite:///sys/budgetbot.db", false, engine.ErrNotWritable},
		{"a file that is no database", "sqlite://" + garbage, false, engine.ErrDamaged},
		{"a file that is no database, for reading", "sqlite://" + garbage, true, engine.ErrDamaged},
		{"a file that is not there, for reading", "sqlite://" + dir + "/absent.db", true, engine.ErrAbsent},
		{"a database in memory, for reading", "sqlite://:memory:", true, engine.ErrAbsent},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Open(t.Context(), Config{URL: test.url, ReadOnly: test.readOnly})
			if err == nil {
				t.Fatalf("opened; Close: %v", s.Close())
			}
			if !errors.Is(err, test.want) {
				t.Errorf("error %q does not wrap %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %q shows the password", err)
			}
		})
	}
}

func TestDamageInsideAFileIsFound(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	s := openAt(t, url)
	for _, rule := range []string{"a", "b", "c"} {
		id := strings.Repeat(rule, 2000)
		enqueue(t, s, parent(id, "cdn-budget"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(url, "sqlite://")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(file); i++ { // the header and the schema stay
		file[i] = 0x5a
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{URL: url}); !errors.Is(err, engine.ErrDamaged) {
		t.Errorf("error = %v, want %v", err, engine.ErrDamaged)
	}
}

func TestOneServiceHoldsTheFile(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	first := openAt(t, url)
	_, err := Open(t.Context(), Config{URL: url})
	if !errors.Is(err, engine.ErrLocked) || !strings.Contains(err.Error(), "(process ") {
		t.Errorf("error = %v, want %v with the process", err, engine.ErrLocked)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	openAt(t, url)
}

func TestTheFileIsHeldUnderAllItsNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, link := range [][2]string{{"real/b.db", "link.db"}, {"link.db", "link of a link.db"}, {"real", "directory"}} {
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "real"), 0o700), os.Symlink(link[0], filepath.Join(dir, link[1]))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"link of a link.db", "real/b.db"} { // at first there is no file
		first := openAt(t, "sqlite://"+dir+"/"+name)
		for _, other := range []string{"real/b.db", "link.db", "link of a link.db", "directory/b.db", "real/../real/b.db"} {
			if err := refused(t, "sqlite://"+dir+"/"+other); !errors.Is(err, engine.ErrLocked) {
				t.Errorf("%s beside %s: error = %v, want %v", other, name, err, engine.ErrLocked)
			}
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if made := must(filepath.Glob(dir + "/*.lock"))(t); made != nil {
		t.Errorf("locks beside the links: %v", made)
	}
}

func TestOptionsOfASQLiteFileAreRefusedByName(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rel.db")
	for options, name := range map[string]string{"mode=ro": "mode", "cache=shared&mode=ro": "cache", "": "", "immutable": "immutable"} {
		for _, readOnly := range []bool{false, true} {
			_, err := Open(t.Context(), Config{URL: "sqlite://" + file + "?" + options, ReadOnly: readOnly})
			refusalCase{
				problem: `a SQLite file takes no options, and DATABASE_URL has "` + name + `"`,
				next:    "leave out the question mark of DATABASE_URL and what follows it",
			}.check(t, err)
		}
	}
	if made := must(filepath.Glob(file + "*"))(t); made != nil {
		t.Errorf("files were made: %v", made)
	}
}

func TestAFileThatIsRemovedOrReplacedIsNoticed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "b.db")
	log := &journal{}
	s := openWith(t, Config{URL: "sqlite://" + path, Log: log.logger()})
	const after = "; the service goes on with the old one, which is lost when it ends: stop it, and put the right file in place"
	expect := func(want string) {
		t.Helper()
		for range 2 {
			if got := s.FileTrouble(); got != want {
				t.Errorf("trouble is %q, want %q", got, want)
			}
			must(s.DueAt(t.Context(), "check", noon))(t)
		}
		if want != "" && log.count(want) != 1 {
			t.Errorf("logged %d times: %s", log.count(want), want)
		}
	}
	expect("")
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	expect("the database file " + path + " was removed" + after)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("the database file " + path + " was replaced by another one" + after)
	if err := os.Rename(path+".old", path); err != nil {
		t.Fatal(err)
	}
	expect("")
}

func TestReadersWorkBesideTheService(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		service := openAt(t, url)
		record(t, service, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("na-bandwidth")}})
		reader := openWith(t, Config{URL: url, ReadOnly: true})
		if got := must(reader.BudgetStates(t.Context(), november))(t); len(got) != 1 {
			t.Errorf("the reader sees %d standings, want 1", len(got))
		}
		record(t, service, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("asia-bandwidth")}})
		if got := must(reader.BudgetStates(t.Context(), november))(t); len(got) != 2 {
			t.Errorf("the reader sees %d standings after another write, want 2", len(got))
		}
		if _, err := reader.CheckStatus(t.Context()); err != nil {
			t.Errorf("CheckStatus: %v", err)
		}
		assertReadOnly(t, reader)
	})
}

func assertReadOnly(t *testing.T, reader *Store) {
	t.Helper()
	ctx := t.Context()
	_, claiming := claimCheck(reader, ctx, "reader", noon, time.Hour, time.Minute)
	_, pruning := reader.Prune(ctx, noon)
	for name, err := range map[string]error{
		"ClaimCheck":    claiming,
		"JoinLastGood":  reader.JoinLastGood(ctx, "rules: []"),
		"Record":        reader.Record(ctx, alerts.Outcome{At: noon}),
		"StartDelivery": reader.StartDelivery(ctx, sends(nil)),
		"Prune":         pruning,
	} {
		if err == nil {
			t.Errorf("%s by a reader succeeded", name)
		}
	}
}

func TestReadersWorkWithoutTheService(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		service := openAt(t, url)
		if _, err := service.JoinRules(t.Context(), "rules: []", noon); err != nil {
			t.Fatal(err)
		}
		if err := service.Close(); err != nil {
			t.Fatal(err)
		}
		reader := openWith(t, Config{URL: url, ReadOnly: true})
		text, savedAt, found, err := reader.LastGoodRules(t.Context())
		if err != nil || !found || text != "rules: []" || !savedAt.Equal(noon) {
			t.Errorf("LastGoodRules = %q, %s, %t, %v", text, savedAt, found, err)
		}
	})
}

func TestReadersRefuseWhatNoServicePrepared(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		if file, ok := strings.CutPrefix(url, "sqlite://"); ok {
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(t.Context(), Config{URL: url, ReadOnly: true}); !errors.Is(err, engine.ErrOlder) {
			t.Errorf("error = %v, want %v", err, engine.ErrOlder)
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		version int
		want    error
	}{
		{"a database of the next major version is refused", 2001, engine.ErrNewer},
		{"a database of a later version within this major one is used, since migrations only add", 1999, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, url string) {
				s := openAt(t, url)
				on(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)", test.version)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				for _, readOnly := range []bool{false, true} {
					again, err := Open(t.Context(), Config{URL: url, ReadOnly: readOnly})
					if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
						t.Errorf("read-only %t: error = %v, want %v", readOnly, err, test.want)
					}
					if err == nil {
						_, err = again.CheckStatus(t.Context())
						err = errors.Join(err, again.Close())
					}
					if err != nil && test.want == nil {
						t.Errorf("read-only %t: %v", readOnly, err)
					}
				}
			})
		})
	}
}

func TestReplicasMigrateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	url, opened := postgresURL(t), make(chan error)
	const replicas = 5
	for range replicas {
		go func() {
			s, err := Open(context.Background(), Config{URL: url})
			if err == nil {
				err = s.Close()
			}
			opened <- err
		}()
	}
	for range replicas {
		if err := next(t, "a replica to open", opened); err != nil {
			t.Error(err)
		}
	}
}

func TestMemoryOutlivesACancelledCall(t *testing.T) {
	t.Parallel()
	s := openAt(t, "sqlite://:memory:")
	record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{budgetState("na-bandwidth")}})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.BudgetStates(cancelled, november); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	if err := s.Record(cancelled, alerts.Outcome{At: noon}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	if got := must(s.BudgetStates(t.Context(), november))(t); len(got) != 1 {
		t.Errorf("%d standings, want the one recorded before", len(got))
	}
}

func TestOddFileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with space.db", "per%20cent.db", "number#.db", "umläut.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			openAt(t, "sqlite://"+path)
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAboutNamesTheServerAndTheSchema(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		about := must(openAt(t, url).About(t.Context()))(t)
		if !regexp.MustCompile(`^(SQLite|PostgreSQL) \d+\.[\d.]+, schema 1\d{3}$`).MatchString(about) {
			t.Errorf("about = %q", about)
		}
	})
}
