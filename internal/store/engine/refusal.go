package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// OpenError is why a database cannot be opened, in one sentence, and what to do about it, in another. Neither shows a password.
type OpenError struct {
	Problem, Next string

	cause error
}

// Error implements error.
func (e *OpenError) Error() string {
	if e.cause == nil {
		return e.Problem
	}
	return e.Problem + ": " + e.cause.Error()
}

// Unwrap returns the cause: the server's answer, or an error of the network.
func (e *OpenError) Unwrap() error { return e.cause }

// advice is the text for an operator. {user}, {database}, {schema}, {server} and {host} are replaced by the connection's
// settings, the first three quoted as SQL quotes them.
type advice struct {
	problem, next string
	passes        bool // by itself, so that to wait for it makes sense
}

// refusals explain the states with which a PostgreSQL server refuses, where the state alone is enough.
var refusals = map[string]advice{
	"3D000": {"the server has no database {database}", "set the right name in DATABASE_URL, or make the database: CREATE DATABASE {database} OWNER {user}", false},
	"28P01": {
		"the server does not take the password of {user}, or has no such role",
		"see the user and the password in DATABASE_URL; in a password, characters such as / ? # @ % have to be percent-encoded", false,
	},
	invalidAuthorization: {"the server does not let {user} in", "see the user in DATABASE_URL, and the log of the server for the reason", false},
	invalidSchemaName:    noSchema,
	"25006":              {"the server takes no writes, as a standby does not", "set DATABASE_URL to the primary server", false},
	"53300": {
		"the server has no connection left for {user}",
		"close other clients, or raise max_connections, or the CONNECTION LIMIT of the role or the database; each replica takes as many as pool_max_conns", true,
	},
	"57P01": {"the server is being stopped", "start the server again", true},
	"57P02": {"the server ends all connections after a crash", "wait until it has recovered; its log says more", true},
	"57P03": {"the server is starting, or recovers", "wait; if it lasts, the log of the server says why", true},
}

var (
	noConnect = advice{"{user} may not connect to the database {database}", "let it in: GRANT CONNECT ON DATABASE {database} TO {user}", false}
	noRole    = advice{"{user} is no role of the server, or one that may not log in", "set the right user in DATABASE_URL, or make the role: CREATE ROLE {user} LOGIN", false}
	noEntry   = advice{"the server lets nobody from this machine into {database} as {user}", "add a line for that to the pg_hba.conf of the server", false}
	noPlain   = advice{
		"the server lets nobody from this machine into {database} as {user} without TLS",
		"set sslmode=require in DATABASE_URL; if that is not enough, add a line for that to the pg_hba.conf of the server", false,
	}
	noCreate = advice{
		"{user} may not make tables in the schema {schema}",
		"allow it: GRANT CREATE ON SCHEMA {schema} TO {user}; or give it a schema of its own: CREATE SCHEMA budgetbot AUTHORIZATION {user}, with search_path=budgetbot in DATABASE_URL", false,
	}
	noSchema = advice{
		"search_path names no schema that exists and that {user} may use",
		"make one: CREATE SCHEMA budgetbot AUTHORIZATION {user}, with search_path=budgetbot in DATABASE_URL", false,
	}
	notOwner = advice{
		"{user} may not use what is in the schema {schema}",
		"run every service and command as the role that made its tables, or make {user} their owner", false,
	}
	badCertificate = advice{
		"the certificate of the server is not trusted",
		"set sslrootcert in DATABASE_URL to the file of its authority, and the host to a name that the certificate is for", false,
	}
	noTLS = advice{
		"the server has no TLS, which DATABASE_URL asks for",
		"switch on ssl at the server, or set sslmode=disable in DATABASE_URL where the network between is yours", false,
	}
	nobodyListens = advice{"no PostgreSQL server listens at {server}", "start the server, or set the right host and port in DATABASE_URL", true}
	noHost        = advice{"the host {host} cannot be found", "set the right host in DATABASE_URL, and see whether this machine's name service knows it", true}
	unreachable   = advice{ErrUnreachable.Error(), "see whether the server of DATABASE_URL runs, and whether a firewall is between", true}
)

// judgePostgres adds to an error that was met while a database was opened what it means for the operator. conns is nil before there
// was a connection.
func judgePostgres(ctx context.Context, config *pgxpool.Config, conns *pgxpool.Pool, err error) error {
	schema := ""
	var found advice
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		found = readAnswer(answer, config.ConnConfig)
		if conns != nil {
			found, schema = readRights(ctx, conns, answer.Code, found)
		}
	} else if found = readFailure(err, config.ConnConfig); found.problem == "" {
		return err
	}
	if found.passes && !errors.Is(err, ErrUnreachable) {
		err = fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return found.fill(config.ConnConfig, schema, err)
}

// readAnswer reads a server's refusal. Its text is in the language of the server; the routine that refused is not.
func readAnswer(answer *pgconn.PgError, config *pgx.ConnConfig) advice {
	switch {
	case answer.Code == insufficientPrivilege:
		return noConnect
	case answer.Code == invalidAuthorization && answer.Routine == "InitializeSessionUserId":
		return noRole
	case answer.Code == invalidAuthorization && answer.Routine == "ClientAuthentication" && config.TLSConfig == nil:
		return noPlain
	case answer.Code == invalidAuthorization && answer.Routine == "ClientAuthentication":
		return noEntry
	case strings.HasPrefix(answer.Code, connectionException):
		return unreachable
	}
	if known, ok := refusals[answer.Code]; ok {
		return known
	}
	return advice{"the server answers: " + answer.Message, "the log of the server may say more", false}
}

// readRights finds out which right the role lacks, if the SQLSTATE suggests a missing one: without the right to a
// schema, a table looks missing too. If the server does not answer, it returns the advice found so far.
func readRights(ctx context.Context, conns *pgxpool.Pool, state string, found advice) (advice, string) {
	if !slices.Contains([]string{insufficientPrivilege, invalidSchemaName, undefinedTable}, state) {
		return found, ""
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var schema string
	var mayCreate bool
	const rights = "SELECT coalesce(current_schema(), ''), coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
	if err := conns.QueryRow(ctx, rights).Scan(&schema, &mayCreate); err != nil {
		return found, ""
	}
	switch {
	case schema == "":
		return noSchema, ""
	case !mayCreate:
		return noCreate, schema
	case state == insufficientPrivilege:
		return notOwner, schema
	}
	return found, ""
}

// readFailure explains why the server could not be reached; the advice has no problem if the error is not a network
// error.
func readFailure(err error, config *pgx.ConnConfig) advice {
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT) {
		return nobodyListens
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return noHost
	}
	if isDistrust(err) {
		return badCertificate
	}
	if wantsTLS(config) && strings.Contains(err.Error(), "server refused TLS connection") { // the driver has no error of its own for it
		return noTLS
	}
	if isLost(err) || errors.Is(err, ErrUnreachable) {
		return unreachable
	}
	return advice{}
}

// wantsTLS reports whether the connection may not be plain.
func wantsTLS(config *pgx.ConnConfig) bool {
	isPlain := func(other *pgconn.FallbackConfig) bool { return other.TLSConfig == nil }
	return config.TLSConfig != nil && !slices.ContainsFunc(config.Fallbacks, isPlain)
}

func (a advice) fill(config *pgx.ConnConfig, schema string, cause error) *OpenError {
	quote := func(name string) string { return pgx.Identifier{name}.Sanitize() }
	server := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	if strings.HasPrefix(config.Host, "/") {
		server = config.Host
	}
	values := strings.NewReplacer(
		"{user}", quote(config.User), "{database}", quote(cmp.Or(config.Database, config.User)), "{schema}", quote(schema),
		"{server}", server, "{host}", config.Host,
	)
	return &OpenError{Problem: values.Replace(a.problem), Next: values.Replace(a.next), cause: cause}
}
