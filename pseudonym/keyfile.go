package pseudonym

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/sluis-go/sluis/internal/files"
	"github.com/sluis-go/sluis/internal/staging"
)

// ErrKeyFile says that a file cannot be taken for a key file.
var ErrKeyFile = errors.New("key file cannot be used")

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 1 << 16

// SaveKey writes a key to a new file of mode 0600: in text, or encrypted with age to the
// recipients, if there are any. It does not overwrite an existing file. On an error no
// file is left.
func SaveKey(path string, k Key, recipients ...age.Recipient) error {
	text, err := k.text()
	if err != nil {
		return err
	}
	return staging.WriteNew(path, func(w io.Writer) error {
		return seal(w, text, recipients)
	})
}

// seal writes text as it is, or encrypted and armoured.
func seal(w io.Writer, text []byte, recipients []age.Recipient) error {
	defer clear(text)
	if len(recipients) == 0 {
		_, err := w.Write(text)
		return err
	}
	a := armor.NewWriter(w)
	enc, err := age.Encrypt(a, recipients...)
	if err != nil {
		return err
	}
	if _, err := enc.Write(text); err != nil {
		return err
	}
	return errors.Join(enc.Close(), a.Close())
}

// LoadKey reads a key file: text, or age-encrypted (armoured or not) to one of
// the identities. On Unix a file that others than its owner may read is refused,
// as is anything but a regular file. The error is ErrKeyFile or ErrKey, or of
// the file system.
func LoadKey(path string, identities ...age.Identity) (Key, error) {
	k, _, err := LoadKeyFile(path, identities...)
	return k, err
}

// LoadKeyFile is LoadKey, and reports whether the file has check digits. Without check
// digits a mistyped file gives another key without an error.
func LoadKeyFile(path string, identities ...age.Identity) (k Key, checked bool, err error) {
	text, _, err := readSecret(path, identities)
	if err != nil {
		return Key{}, false, err
	}
	defer clear(text)
	return parseChecked(text)
}

// secretPrefix begins every secret that is written as text.
const secretPrefix = "SLUIS-"

// readSecret returns the text of a key, key set or share file, and whether the file is
// encrypted. The caller wipes the text.
func readSecret(path string, identities []age.Identity) (text []byte, sealed bool, err error) {
	raw, err := ReadSecretFile(path)
	if err != nil {
		return nil, false, err
	}
	if bytes.HasPrefix(raw, []byte(secretPrefix)) {
		return raw, false, nil
	}
	defer clear(raw)
	text, err = open(raw, identities)
	return text, true, err
}

// ReadSecretFile reads a file of at most 64 KiB that holds a secret. It refuses files
// that are not regular, and on Unix files that others than the owner may read. The caller
// must wipe the result. The error is ErrKeyFile, or of the file system.
func ReadSecretFile(path string) ([]byte, error) {
	f, info, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := files.Private(info); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("%w: too long", ErrKeyFile)
	}
	return io.ReadAll(io.LimitReader(f, maxKeyFile))
}

// openRegular opens a file that exists and is a regular one.
func openRegular(path string, flag int) (*os.File, os.FileInfo, error) {
	f, err := files.OpenFile(path, flag)
	if errors.Is(err, files.ErrKind) {
		err = fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// open decrypts an age file.
func open(raw []byte, identities []age.Identity) ([]byte, error) {
	if len(identities) == 0 {
		return nil, fmt.Errorf("%w: not a key in text, and no identity to decrypt it", ErrKeyFile)
	}
	var r io.Reader = bytes.NewReader(raw)
	if bytes.HasPrefix(raw, []byte(armor.Header)) {
		r = armor.NewReader(r)
	}
	dec, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, fmt.Errorf("%w: it cannot be decrypted", ErrKeyFile)
	}
	text, err := io.ReadAll(io.LimitReader(dec, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("%w: it is damaged", ErrKeyFile)
	}
	return text, nil
}

// DestroyKeyFile overwrites a key file with zeros and removes it. On media that keep old
// blocks (flash, snapshots, backups) the zeros may not reach the old blocks. There,
// encrypt the key file and destroy its identity. A file that is too long for a key file,
// or not regular, is not changed: the error is ErrKeyFile.
func DestroyKeyFile(path string) error {
	f, info, err := openRegular(path, os.O_WRONLY)
	if err != nil {
		return err
	}
	if info.Size() > maxKeyFile {
		err = fmt.Errorf("%w: too long", ErrKeyFile)
	}
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	if err == nil {
		err = f.Sync()
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}
