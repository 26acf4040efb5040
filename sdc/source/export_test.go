package source

// Strict makes the source recycle memory of all sizes, and overwrite free memory.
func (s *Source) Strict() { s.opts.spare.strict = true }
