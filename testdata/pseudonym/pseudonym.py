"""Makes pseudonyms as docs/pseudonym-format.md says, with nothing but Python's
standard library. Reads lines "form value" and prints their pseudonyms in
hexadecimal. The key is bytes 0 to 31, the domain zicht/person, 16 bytes."""

import hashlib
import hmac
import struct
import sys


def part(b):
    return struct.pack(">I", len(b)) + b


def derive(key, project, variable):
    info = b"sluis/pseudonym/1/domain" + part(project.encode()) + part(variable.encode())
    prk = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def canonical(form, value):
    if form == "int":
        return b"i" + part(struct.pack(">q", int(value)))
    if form == "text":
        return b"s" + part(value.encode())
    if form == "bsn":
        return b"n" + part(value.zfill(9).encode())
    raise ValueError(form)


def main():
    key = derive(bytes(range(32)), "zicht", "person")
    for line in sys.stdin:
        form, value = line.rstrip("\n").split(" ", 1)
        print(hmac.new(key, canonical(form, value), hashlib.sha256).hexdigest()[:32])


if __name__ == "__main__":
    main()
