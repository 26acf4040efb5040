package pseudonym

import "fmt"

// KeySet is a primary key and the older keys. New pseudonyms are made with the primary
// key. A record made before a rotation names the key that it was made with.
//
// To rotate:
//
//   - make a key, and add it with [KeySet.Rotate];
//   - re-key the linkage table at the custodian;
//   - deliver the new pseudonyms;
//   - destroy the old key when no pseudonym made with it is in use any more.
//
// The zero value is an empty set.
type KeySet struct {
	keys   []Key
	sealed bool // the file that it comes from is encrypted
	// unchecked says that a key of the file has no check digits.
	unchecked bool
}

// Rotate makes k the primary key. The error is ErrKey if the set has it already.
func (s *KeySet) Rotate(k Key) error {
	id, err := k.ID()
	if err != nil {
		return err
	}
	if _, err := s.ByID(id); err == nil {
		return fmt.Errorf("%w: it is in the set already", ErrKey)
	}
	s.keys = append([]Key{k}, s.keys...)
	return nil
}

// Primary returns the key in use. The error is ErrKey for an empty set, and
// ErrDestroyed where the key was destroyed, as by way of a copy of the set.
func (s *KeySet) Primary() (Key, error) {
	if len(s.keys) == 0 {
		return Key{}, fmt.Errorf("%w: the set is empty", ErrKey)
	}
	if _, err := s.keys[0].ID(); err != nil {
		return Key{}, err
	}
	return s.keys[0], nil
}

// ByID returns the key of an id. The error is ErrKey if there is none that is
// not destroyed.
func (s *KeySet) ByID(id string) (Key, error) {
	for _, k := range s.keys {
		if have, err := k.ID(); err == nil && have == id {
			return k, nil
		}
	}
	return Key{}, fmt.Errorf("%w: no key of that id", ErrKey)
}

// Destroy destroys every key of the set.
func (s *KeySet) Destroy() {
	for _, k := range s.keys {
		k.Destroy()
	}
	s.keys = nil
}
