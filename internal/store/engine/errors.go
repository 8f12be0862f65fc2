package engine

import (
	"errors"
)

// Why a database cannot be opened. Each is one sentence's worth for the operator; the error that Open returns wraps one of
// them and adds the file or the cause, never a password.
var (
	// ErrAddress says that the URL is in none of the forms that store.Config describes.
	ErrAddress = errors.New("not an address of a database: sqlite://FILE, sqlite://:memory: or postgres://USER@HOST/NAME is")
	// ErrLocked says that another service holds the SQLite file.
	ErrLocked = errors.New("another service is using this database")
	// ErrNewer says that a later major version of the program has written the database.
	ErrNewer = errors.New("the database was written by a newer major version of this program")
	// ErrOlder says that a database opened for reading alone has not been prepared by a service of this version.
	ErrOlder = errors.New("the database is not prepared for this version; running the service once prepares it")
	// ErrDamaged says that the file is not a SQLite database, or is one no longer.
	ErrDamaged = errors.New("the file is not a SQLite database, or is damaged")
	// ErrNoDirectory says that the directory of the SQLite file does not exist.
	ErrNoDirectory = errors.New("the directory of the database does not exist")
	// ErrAbsent says that a database opened for reading alone does not exist yet.
	ErrAbsent = errors.New("there is no database yet; running the service once makes it")
	// ErrNotWritable says that the file, or its directory, may not be read or written by this user.
	ErrNotWritable = errors.New("the database cannot be read or written by this user")
	// ErrUnreachable says that no PostgreSQL server lets us in at the address.
	ErrUnreachable = errors.New("the database server cannot be reached")
)
