//go:build !purego

#include "textflag.h"

// The SHA extensions keep the state as two vectors, ABEF and CDGH, and take the
// sum of message and round constant in X0. AX points to the round constants.

// FOUR does rounds 4i to 4i+3 with message words m; cdgh and abef are the state.
#define FOUR(i, m, abef, cdgh) \
	MOVO m, X0                 \
	MOVOU (16*i)(AX), X15      \
	PADDL X15, X0              \
	SHA256RNDS2 X0, abef, cdgh \
	PSHUFD $0x0e, X0, X0       \
	SHA256RNDS2 X0, cdgh, abef

// NEXT turns m0, the words sixteen rounds ago, into the next four, from the
// twelve after them.
#define NEXT(m0, m1, m2, m3, t) \
	SHA256MSG1 m1, m0           \
	MOVO m3, t                  \
	PALIGNR $4, m2, t           \
	PADDL t, m0                 \
	SHA256MSG2 m3, m0

// LOAD reads sixteen message words, swapping bytes, and LOADSTATE the state.
#define LOAD(p, m0, m1, m2, m3) \
	MOVOU swap<>(SB), X15       \
	MOVOU 0(p), m0              \
	MOVOU 16(p), m1             \
	MOVOU 32(p), m2             \
	MOVOU 48(p), m3             \
	PSHUFB X15, m0              \
	PSHUFB X15, m1              \
	PSHUFB X15, m2              \
	PSHUFB X15, m3

#define LOADSTATE(s, abef, cdgh, t) \
	MOVOU 0(s), t                   \
	MOVOU 16(s), cdgh               \
	PSHUFD $0xb1, t, t              \
	PSHUFD $0x1b, cdgh, cdgh        \
	MOVO t, abef                    \
	PALIGNR $8, cdgh, abef          \
	PBLENDW $0xf0, t, cdgh

// ADDSTATE adds the state that was there and stores the sum.
#define ADDSTATE(s, abef, cdgh, t, u) \
	PSHUFD $0x1b, abef, t             \
	PSHUFD $0xb1, cdgh, cdgh          \
	MOVO t, abef                      \
	PBLENDW $0xf0, cdgh, abef         \
	PALIGNR $8, t, cdgh               \
	MOVOU 0(s), u                     \
	PADDL u, abef                     \
	MOVOU abef, 0(s)                  \
	MOVOU 16(s), u                    \
	PADDL u, cdgh                     \
	MOVOU cdgh, 16(s)

DATA swap<>+0(SB)/8, $0x0405060700010203
DATA swap<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL swap<>(SB), RODATA|NOPTR, $16

// func compressSHANI(s *state, p *[64]byte, k *[64]uint32)
TEXT ·compressSHANI(SB), NOSPLIT, $0-24
	MOVQ s+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ k+16(FP), AX
	LOADSTATE(DI, X1, X2, X7)
	LOAD(SI, X3, X4, X5, X6)
	FOUR(0, X3, X1, X2)
	FOUR(1, X4, X1, X2)
	FOUR(2, X5, X1, X2)
	FOUR(3, X6, X1, X2)
	NEXT(X3, X4, X5, X6, X7)
	FOUR(4, X3, X1, X2)
	NEXT(X4, X5, X6, X3, X7)
	FOUR(5, X4, X1, X2)
	NEXT(X5, X6, X3, X4, X7)
	FOUR(6, X5, X1, X2)
	NEXT(X6, X3, X4, X5, X7)
	FOUR(7, X6, X1, X2)
	NEXT(X3, X4, X5, X6, X7)
	FOUR(8, X3, X1, X2)
	NEXT(X4, X5, X6, X3, X7)
	FOUR(9, X4, X1, X2)
	NEXT(X5, X6, X3, X4, X7)
	FOUR(10, X5, X1, X2)
	NEXT(X6, X3, X4, X5, X7)
	FOUR(11, X6, X1, X2)
	NEXT(X3, X4, X5, X6, X7)
	FOUR(12, X3, X1, X2)
	NEXT(X4, X5, X6, X3, X7)
	FOUR(13, X4, X1, X2)
	NEXT(X5, X6, X3, X4, X7)
	FOUR(14, X5, X1, X2)
	NEXT(X6, X3, X4, X5, X7)
	FOUR(15, X6, X1, X2)
	ADDSTATE(DI, X1, X2, X7, X8)
	RET

// BOTH does the same four rounds of two messages.
#define BOTH(i, m, n)      \
	FOUR(i, m, X1, X2)     \
	FOUR(i, n, X7, X8)

#define NEXTBOTH(m0, m1, m2, m3, n0, n1, n2, n3) \
	NEXT(m0, m1, m2, m3, X13)                    \
	NEXT(n0, n1, n2, n3, X14)

// func compress2SHANI(s0, s1 *state, p0, p1 *[64]byte, k *[64]uint32)
TEXT ·compress2SHANI(SB), NOSPLIT, $0-40
	MOVQ s0+0(FP), DI
	MOVQ s1+8(FP), R8
	MOVQ p0+16(FP), SI
	MOVQ p1+24(FP), R9
	MOVQ k+32(FP), AX
	LOADSTATE(DI, X1, X2, X13)
	LOADSTATE(R8, X7, X8, X14)
	LOAD(SI, X3, X4, X5, X6)
	LOAD(R9, X9, X10, X11, X12)
	BOTH(0, X3, X9)
	BOTH(1, X4, X10)
	BOTH(2, X5, X11)
	BOTH(3, X6, X12)
	NEXTBOTH(X3, X4, X5, X6, X9, X10, X11, X12)
	BOTH(4, X3, X9)
	NEXTBOTH(X4, X5, X6, X3, X10, X11, X12, X9)
	BOTH(5, X4, X10)
	NEXTBOTH(X5, X6, X3, X4, X11, X12, X9, X10)
	BOTH(6, X5, X11)
	NEXTBOTH(X6, X3, X4, X5, X12, X9, X10, X11)
	BOTH(7, X6, X12)
	NEXTBOTH(X3, X4, X5, X6, X9, X10, X11, X12)
	BOTH(8, X3, X9)
	NEXTBOTH(X4, X5, X6, X3, X10, X11, X12, X9)
	BOTH(9, X4, X10)
	NEXTBOTH(X5, X6, X3, X4, X11, X12, X9, X10)
	BOTH(10, X5, X11)
	NEXTBOTH(X6, X3, X4, X5, X12, X9, X10, X11)
	BOTH(11, X6, X12)
	NEXTBOTH(X3, X4, X5, X6, X9, X10, X11, X12)
	BOTH(12, X3, X9)
	NEXTBOTH(X4, X5, X6, X3, X10, X11, X12, X9)
	BOTH(13, X4, X10)
	NEXTBOTH(X5, X6, X3, X4, X11, X12, X9, X10)
	BOTH(14, X5, X11)
	NEXTBOTH(X6, X3, X4, X5, X12, X9, X10, X11)
	BOTH(15, X6, X12)
	ADDSTATE(DI, X1, X2, X13, X15)
	ADDSTATE(R8, X7, X8, X14, X15)
	RET

// func hasSHA() bool
TEXT ·hasSHA(SB), NOSPLIT, $0-1
	MOVB $0, ret+0(FP)
	XORL AX, AX
	CPUID
	CMPL AX, $7
	JB   none
	MOVL $7, AX
	XORL CX, CX
	CPUID
	SHRL $29, BX
	ANDL $1, BX
	MOVB BX, ret+0(FP)

none:
	RET
