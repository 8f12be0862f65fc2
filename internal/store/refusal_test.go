package store

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"budgetbot/internal/store/engine"
)

// refusalCase is a way in which a server does not let us use its database, and what the error says.
type refusalCase struct {
	name          string
	url           string
	problem, next string
	mayCome       bool
}

func (test refusalCase) check(t *testing.T, err error) {
	t.Helper()
	refusal, ok := errors.AsType[*engine.OpenError](err)
	if !ok {
		t.Fatalf("error = %v, want an OpenError", err)
	}
	if refusal.Problem != test.problem || refusal.Next != test.next {
		t.Errorf("got:\n%s\n%s\nwant:\n%s\n%s", refusal.Problem, refusal.Next, test.problem, test.next)
	}
	if engine.MayCome(err) != test.mayCome {
		t.Errorf("waited for: %t, want %t", !test.mayCome, test.mayCome)
	}
	if strings.Contains(err.Error()+refusal.Next, "hunter2") {
		t.Errorf("the error shows the password: %v; %s", err, refusal.Next)
	}
}

// TestWhatAPostgreSQLServerRefuses asks a real server.
func TestWhatAPostgreSQLServerRefuses(t *testing.T) {
	t.Parallel()
	g := newGuest(t)
	g.on(`CREATE SCHEMA closed`, `GRANT USAGE ON SCHEMA closed TO `+g.user, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
	g.on(`CREATE SCHEMA others`, `GRANT USAGE, CREATE ON SCHEMA others TO `+g.user)
	openAt(t, g.as(g.admin, "search_path=others"))
	g.on(`CREATE ROLE `+g.user+`_out NOLOGIN PASSWORD 'hunter2'`, `CREATE ROLE `+g.user+`_full LOGIN PASSWORD 'hunter2' CONNECTION LIMIT 0`)
	t.Cleanup(func() { g.on(`DROP ROLE `+g.user+`_out`, `DROP ROLE `+g.user+`_full`) })
	user, database := `"`+g.user+`"`, `"`+g.database+`"`
	ownSchema := "CREATE SCHEMA budgetbot AUTHORIZATION " + user + ", with search_path=budgetbot in DATABASE_URL"
	for _, test := range []refusalCase{
		{
			"no right to make tables in public", g.as(g.guest, ""),
			user + ` may not make tables in the schema "public"`,
			`allow it: GRANT CREATE ON SCHEMA "public" TO ` + user + `; or give it a schema of its own: ` + ownSchema, false,
		},
		{
			"no right to make tables in another schema", g.as(g.guest, "search_path=closed"),
			user + ` may not make tables in the schema "closed"`,
			`allow it: GRANT CREATE ON SCHEMA "closed" TO ` + user + `; or give it a schema of its own: ` + ownSchema, false,
		},
		{
			"a schema that does not exist", g.as(g.guest, "search_path=nowhere"),
			`search_path names no schema that exists and that ` + user + ` may use`, `make one: ` + ownSchema, false,
		},
		{
			"tables that another role made", g.as(g.guest, "search_path=others"),
			user + ` may not use what is in the schema "others"`,
			`run every service and command as the role that made its tables, or make ` + user + ` their owner`, false,
		},
		{
			"a database that does not exist", g.as(g.guest, "") + "_not",
			`the server has no database "` + g.database + `_not"`,
			`set the right name in DATABASE_URL, or make the database: CREATE DATABASE "` + g.database + `_not" OWNER ` + user, false,
		},
		{
			"a role that may not log in", g.as(url.UserPassword(g.user+"_out", "hunter2"), ""),
			`"` + g.user + `_out" is no role of the server, or one that may not log in`,
			`set the right user in DATABASE_URL, or make the role: CREATE ROLE "` + g.user + `_out" LOGIN`, false,
		},
		{
			"a role with no connection left", g.as(url.UserPassword(g.user+"_full", "hunter2"), ""),
			`the server has no connection left for "` + g.user + `_full"`,
			"close other clients, or raise max_connections, or the CONNECTION LIMIT of the role or the database; each replica takes as many as pool_max_conns", true,
		},
	} {
		t.Run(test.name, func(t *testing.T) { test.check(t, refused(t, test.url)) })
	}
	g.on(`REVOKE CONNECT ON DATABASE ` + database + ` FROM PUBLIC`)
	refusalCase{
		problem: user + ` may not connect to the database ` + database, next: `let it in: GRANT CONNECT ON DATABASE ` + database + ` TO ` + user,
	}.check(t, refused(t, g.as(g.guest, "")))
}

// TestWhatAServerAnswersToAConnection covers what a real server answers only with other settings than ours has.
func TestWhatAServerAnswersToAConnection(t *testing.T) {
	t.Parallel()
	certificate := httptest.NewTLSServer(nil)
	t.Cleanup(certificate.Close)
	says := func(code, routine string) onlyAnswer {
		return onlyAnswer{answer: &pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "nein", Routine: routine}}
	}
	const reach = "see whether the server of DATABASE_URL runs, and whether a firewall is between"
	for _, test := range []struct {
		server   onlyAnswer
		settings string
		refusalCase
	}{
		{says("28P01", "auth_failed"), "sslmode=disable", refusalCase{
			name: "a wrong password", problem: `the server does not take the password of "bob", or has no such role`,
			next: "see the user and the password in DATABASE_URL; in a password, characters such as / ? # @ % have to be percent-encoded",
		}},
		{says("28000", "InitializeSessionUserId"), "sslmode=disable", refusalCase{
			name: "no such role", problem: `"bob" is no role of the server, or one that may not log in`,
			next: `set the right user in DATABASE_URL, or make the role: CREATE ROLE "bob" LOGIN`,
		}},
		{says("28000", "ClientAuthentication"), "sslmode=disable", refusalCase{
			name: "TLS is required", problem: `the server lets nobody from this machine into "usage" as "bob" without TLS`,
			next: "set sslmode=require in DATABASE_URL; if that is not enough, add a line for that to the pg_hba.conf of the server",
		}},
		{says("28000", "ClientAuthentication"), "sslmode=prefer", refusalCase{
			name: "no entry for this machine", problem: `the server lets nobody from this machine into "usage" as "bob"`,
			next: "add a line for that to the pg_hba.conf of the server",
		}},
		{says("28000", ""), "sslmode=disable", refusalCase{
			name: "another reason not to let somebody in", problem: `the server does not let "bob" in`,
			next: "see the user in DATABASE_URL, and the log of the server for the reason",
		}},
		{says("53300", ""), "sslmode=disable", refusalCase{
			name: "too many clients", problem: `the server has no connection left for "bob"`, mayCome: true,
			next: "close other clients, or raise max_connections, or the CONNECTION LIMIT of the role or the database; each replica takes as many as pool_max_conns",
		}},
		{says("57P03", ""), "", refusalCase{
			name: "a server that starts", problem: "the server is starting, or recovers", next: "wait; if it lasts, the log of the server says why", mayCome: true,
		}},
		{says("57P01", ""), "", refusalCase{
			name: "a server that is being stopped", problem: "the server is being stopped", next: "start the server again", mayCome: true,
		}},
		{says("08P01", ""), "", refusalCase{
			name: "a pooler without a server", problem: "the database server cannot be reached", next: reach, mayCome: true,
		}},
		{says("XX000", ""), "", refusalCase{
			name: "a state that says nothing", problem: "the server answers: nein", next: "the log of the server may say more",
		}},
		{onlyAnswer{}, "", refusalCase{
			name: "a connection that ends at once", problem: "the database server cannot be reached", next: reach, mayCome: true,
		}},
		{onlyAnswer{}, "sslmode=require", refusalCase{
			name: "TLS is refused", problem: "the server has no TLS, which DATABASE_URL asks for",
			next: "switch on ssl at the server, or set sslmode=disable in DATABASE_URL where the network between is yours",
		}},
		{onlyAnswer{certificates: certificate.TLS}, "sslmode=verify-full", refusalCase{
			name: "a certificate of an unknown authority", problem: "the certificate of the server is not trusted",
			next: "set sslrootcert in DATABASE_URL to the file of its authority, and the host to a name that the certificate is for",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.check(t, refused(t, "postgres://bob:hunter2@"+test.server.serve(t)+"/usage?"+test.settings))
		})
	}
}

func TestServersThatAreNotReached(t *testing.T) {
	t.Parallel()
	for _, test := range []refusalCase{
		{
			"nobody listens", "postgres://bob:hunter2@127.0.0.1:1/usage", "no PostgreSQL server listens at 127.0.0.1:1",
			"start the server, or set the right host and port in DATABASE_URL", true,
		},
		{
			"a socket that is not there", "postgres://bob:hunter2@/usage?host=/nowhere", "no PostgreSQL server listens at /nowhere",
			"start the server, or set the right host and port in DATABASE_URL", true,
		},
		{
			"a host that nobody knows", "postgres://bob:hunter2@database.invalid/usage", "the host database.invalid cannot be found",
			"set the right host in DATABASE_URL, and see whether this machine's name service knows it", true,
		},
		{
			"too few connections for a service", "postgres://bob:hunter2@127.0.0.1:1/usage?pool_max_conns=1",
			"pool_max_conns=1 is too few: budgetbot needs 4 connections at least", "set pool_max_conns in DATABASE_URL to 4 or more, or leave it out", false,
		},
		{
			"a certificate's file that is not there", "postgres://bob:hunter2@127.0.0.1:1/usage?sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
			"the file /nowhere/ca.pem that DATABASE_URL names cannot be read", "see whether the file is there, and give this user the right to read it", false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.check(t, refused(t, test.url))
		})
	}
}

func TestTheServerKnowsWhoIsConnected(t *testing.T) {
	t.Parallel()
	server := postgresURL(t)
	for _, test := range []struct{ settings, want string }{
		{"", "budgetbot"},
		{"&application_name=budgetbot-eu", "budgetbot-eu"},
	} {
		var name string
		s := openAt(t, server+test.settings)
		if err := s.engine.QueryRow(t.Context(), "SHOW application_name").Scan(&name); err != nil || name != test.want {
			t.Errorf("application_name = %q, %v; want %q", name, err, test.want)
		}
	}
}

func refused(t *testing.T, url string) error {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: url})
	if err == nil {
		t.Fatalf("opened; Close: %v", s.Close())
	}
	return err
}

// guest is a database of its own with an ordinary role.
type guest struct {
	t              *testing.T
	server         *url.URL
	admin, guest   *url.Userinfo
	user, database string
}

func newGuest(t *testing.T) *guest {
	t.Helper()
	address, err := url.Parse(postgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	name := "guest_" + strings.ToLower(rand.Text())
	server := *address
	g := &guest{t: t, server: address, admin: address.User, guest: url.UserPassword(name, "hunter2"), user: name, database: name}
	onServer(t, server.String(), "CREATE ROLE "+name+" LOGIN PASSWORD 'hunter2'")
	t.Cleanup(func() { onServer(t, server.String(), "DROP ROLE "+name) })
	onServer(t, server.String(), "CREATE DATABASE "+name)
	t.Cleanup(func() { onServer(t, server.String(), "DROP DATABASE "+name+" WITH (FORCE)") })
	g.server.Path = "/" + name
	return g
}

// as returns the address of the database for somebody.
func (g *guest) as(who *url.Userinfo, settings string) string {
	address := *g.server
	address.User, address.RawQuery = who, settings
	return address.String()
}

func (g *guest) on(statements ...string) {
	g.t.Helper()
	for _, statement := range statements {
		onServer(g.t, g.as(g.admin, ""), statement)
	}
}

// onlyAnswer is a server of PostgreSQL's protocol with one answer to everybody.
type onlyAnswer struct {
	certificates *tls.Config             // nil refuses TLS
	answer       *pgproto3.ErrorResponse // nil ends the connection instead
}

// serve returns where it listens until the test ends.
func (s onlyAnswer) serve(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.WithoutCancel(t.Context()), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.talk(conn)
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return listener.Addr().String()
}

func (s onlyAnswer) talk(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	backend := pgproto3.NewBackend(conn, conn)
	for {
		message, err := backend.ReceiveStartupMessage()
		if err != nil {
			return
		}
		if _, wantsTLS := message.(*pgproto3.SSLRequest); !wantsTLS {
			break
		}
		if s.certificates != nil {
			_, _ = conn.Write([]byte("S"))
			_ = tls.Server(conn, s.certificates).HandshakeContext(context.Background())
			return
		}
		_, _ = conn.Write([]byte("N"))
	}
	if s.answer != nil {
		backend.Send(s.answer)
		_ = backend.Flush()
	}
}
