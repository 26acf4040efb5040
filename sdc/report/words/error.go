package words

// Error is an error whose reason is a fact, so that reports can say the reason in their
// language. Its text is that of Kind, a colon and the English sentence.
type Error struct {
	Kind error
	Fact Message
}

// Error implements error.
func (e *Error) Error() string {
	if e.Kind == nil {
		return e.Fact.String()
	}
	return e.Kind.Error() + ": " + e.Fact.String()
}

// Unwrap returns Kind.
func (e *Error) Unwrap() error { return e.Kind }
