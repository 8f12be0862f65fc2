package service

// Misuse is an error of the person who typed the command, with what to do about it.
type Misuse struct{ Problem, Hint string }

func (e *Misuse) Error() string { return e.Problem }

// Failure is an error of the outside with what to do about it; the cause goes to the log and not to the person.
type Failure struct {
	Problem, Hint string
	Cause         error
}

func (e *Failure) Error() string { return e.Problem }

func (e *Failure) Unwrap() error { return e.Cause }
