package source

// Strict has the source recycle memory of all sizes, and overwrite what is free.
func (s *Source) Strict() { s.opts.spare.strict = true }
