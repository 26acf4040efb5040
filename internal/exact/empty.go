package exact

// Empty is the number of a table without a response: it holds nothing.
type Empty struct{}

// Add returns the empty number.
func (Empty) Add(Empty) Empty { return Empty{} }

// Abs returns the empty number.
func (Empty) Abs() Empty { return Empty{} }

// Cmp returns 0.
func (Empty) Cmp(Empty) int { return 0 }

// Sign returns 0.
func (Empty) Sign() int { return 0 }

// Fold returns 0.
func (Empty) Fold() uint64 { return 0 }

// Num returns 0.
func (Empty) Num() Num { return Num{} }
