package engine

import (
	"errors"
)

// Why a database cannot be opened. Each is one sentence's worth for the operator; the error that Open returns wraps one of
// them and adds the file or the cause, never a password.
var (
	// ErrAddress is the error of a URL in none of the forms that store.Config describes.
	ErrAddress = errors.New("not an address of a database: sqlite://FILE, sqlite://:memory: or postgres://USER@HOST/NAME is")
	// ErrLocked is the error where another service holds the SQLite file.
	ErrLocked = errors.New("another service is using this database")
	// ErrNewer is the error of a database that a later major version of the program has written.
	ErrNewer = errors.New("the database was written by a newer major version of this program")
	// ErrOlder is the error of a database, opened for reading alone, that no service of this version has prepared.
	ErrOlder = errors.New("the database is not prepared for this version; running the service once prepares it")
	// ErrDamaged is the error of a file that is not, or no longer, a SQLite database.
	ErrDamaged = errors.New("the file is not a SQLite database, or is damaged")
	// ErrNoDirectory is the error where the directory of the SQLite file does not exist.
	ErrNoDirectory = errors.New("the directory of the database does not exist")
	// ErrAbsent is the error of a database, opened for reading alone, that does not exist yet.
	ErrAbsent = errors.New("there is no database yet; running the service once makes it")
	// ErrNotWritable is the error where this user may not read or write the file or its directory.
	ErrNotWritable = errors.New("the database cannot be read or written by this user")
	// ErrUnreachable is the error where no PostgreSQL server lets us in at the address.
	ErrUnreachable = errors.New("the database server cannot be reached")
)
