"""Makes pseudonyms as docs/pseudonym-format.md says, with nothing but Python's
standard library.

Reads lines and prints one pseudonym a line, as text (binary ones in hexadecimal).
A line is either "form value", with the form int, text or bsn, the domain
zicht/person and 16 bytes in hexadecimal; or five fields and a value, separated by
tabs:

    form  type  algorithm  encoding  bytes  value

The type is one of int, text, binary (in hexadecimal), decimal, bool, date (days)
or time (nanoseconds). Text is in hexadecimal of its bytes. The key is bytes 0 to 31.
Invalid values are kept in their class."""

import hashlib
import hmac
import re
import struct
import sys
import unicodedata

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
SIDE_CODES = ("LL9999 9999LL 99LL99 LL99LL LLLL99 99LLLL 99LLL9 "
              "9LLL99 LL999L L999LL LLL99L L99LLL 9LL999 999LL9").split()
PLATE = re.compile("|".join(c.replace("L", "[A-Z]").replace("9", "[0-9]") for c in SIDE_CODES))
SEP = "[ ./,-]*"
ADDRESS = re.compile(
    SEP + "([1-9])([0-9]{3})" + SEP + "(?!SA|SD|SS)([A-Z]{2})" + SEP
    + "(?![0-9]{6})0*([1-9][0-9]*)(?![0-9])" + SEP + "(.*)", re.S)
ADDITION = re.compile("(?:[A-Z0-9]" + SEP + "){0,6}")
APOSTROPHES = "\u2018\u2019\u201b\u02bb\u02bc\u02b9\u2032\u00b4\u0060\uff07"
HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
WHITE = ("\u0009\u000a\u000b\u000c\u000d\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003"
         "\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000")


def part(b):
    return struct.pack(">I", len(b)) + b


def derive(key, project, variable):
    info = b"sluis/pseudonym/1/domain" + part(project.encode()) + part(variable.encode())
    prk = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def upper(text):
    """Capitals of a to z alone."""
    return bytes(b - 32 if 97 <= b <= 122 else b for b in text)


def nfc(s):
    return unicodedata.normalize("NFC", s)


def fold(s):
    return nfc(nfc(s).casefold())


def marks(s):
    out = []
    for c in s:
        if unicodedata.category(c) == "Cf":
            continue
        if c in WHITE:
            c = " "
        elif c in APOSTROPHES:
            c = "'"
        elif c in HYPHENS:
            c = "-"
        elif c in "\u0132\u0133":
            c = "ij"
        out.append(c)
    return re.sub(" +", " ", "".join(out)).strip(" ")


def bsn(b):
    if not re.fullmatch(b"[0-9]{1,9}", b):
        return None
    d = [c - 48 for c in b.rjust(9, b"0")]
    total = sum((9 - i) * x for i, x in enumerate(d[:8])) - d[8]
    return b.rjust(9, b"0") if any(d) and total % 11 == 0 else None


def plate(b):
    b = upper(b.replace(b" ", b"").replace(b"-", b"")).decode("latin-1")
    return b.encode() if PLATE.fullmatch(b) else None


def kvk(b):
    return b.rjust(8, b"0") if re.fullmatch(b"[0-9]{1,8}", b) and b.strip(b"0") else None


def iban(b):
    b = upper(b.replace(b" ", b"")).decode("latin-1")
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", b) or not 2 <= int(b[2:4]) <= 98:
        return None
    if b[:2] == "NL" and not re.fullmatch("NL[0-9]{2}[A-Z]{4}[0-9]{10}", b):
        return None
    number = int("".join(str(int(c, 36)) for c in b[4:] + b[:4]))
    return b.encode() if number % 97 == 1 else None


def address(b):
    found = ADDRESS.fullmatch(upper(b).decode("latin-1"))
    if not found or not ADDITION.fullmatch(found[5]):
        return None
    out = found[1] + found[2] + found[3] + " " + found[4]
    addition = found[5].rstrip(" ./,-")
    if addition:
        addition = re.sub("(?<=[0-9])[ ./,-]+(?=[0-9])", "_", addition)
        out += " " + re.sub("[ ./,-]", "", addition).replace("_", "-")
    return out.encode()


def name(b):
    try:
        return fold(b.decode()).encode()
    except UnicodeDecodeError:
        return None


def person(b):
    try:
        s = b.decode()
    except UnicodeDecodeError:
        return None
    return nfc(marks(fold(marks(nfc(s))))).encode() or None


FORMS = {"bsn": (b"n", bsn), "name": (b"m", name), "plate": (b"p", plate), "kvk": (b"k", kvk),
         "iban": (b"g", iban), "address": (b"h", address), "person-name": (b"w", person)}


def trim(decimal):
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


def canonical(form, kind, value):
    if form == "typed":
        if kind == "int":
            n = int(value)
            return (b"u" + part(struct.pack(">Q", n))) if n > 2**63 - 1 else (b"i" + part(struct.pack(">q", n)))
        if kind in ("bool", "date", "time"):
            tag = {"bool": b"o", "date": b"a", "time": b"t"}[kind]
            return tag + part(struct.pack(">q", int(value)))
        if kind == "decimal":
            return b"d" + part(trim(value).encode())
        return {"text": b"s", "binary": b"b"}[kind] + part(bytes.fromhex(value))
    text = bytes.fromhex(value) if kind == "text" else trim(value).encode()
    if form == "text":
        return b"s" + part(text)
    tag, read = FORMS[form]
    short = read(text)
    return b"x" + part(text) if short is None else tag + part(short)


def written(b, encoding):
    if encoding != "base32":
        return b.hex()
    bits = "".join(format(x, "08b") for x in b)
    bits += "0" * (-len(bits) % 5)
    return "".join(CROCKFORD[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))


def main():
    key = derive(bytes(range(32)), "zicht", "person")
    hashes = {"sha256": "sha256", "sha512-256": "sha512_256"}
    for line in sys.stdin.buffer:
        line = line.rstrip(b"\n")
        if b"\t" not in line:
            form, value = line.split(b" ", 1)
            kind = "int" if form == b"int" else "text"
            message = canonical("bsn" if form == b"bsn" else "typed", kind,
                                value.decode() if kind == "int" else value.hex())
            print(hmac.new(key, message, hashlib.sha256).hexdigest()[:32])
            continue
        form, kind, algorithm, encoding, length, value = line.decode().split("\t")
        total = hmac.new(key, canonical(form, kind, value), hashes[algorithm]).digest()
        print(written(total[:int(length)], encoding))


if __name__ == "__main__":
    main()
