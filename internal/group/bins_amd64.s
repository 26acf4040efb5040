//go:build !purego

#include "textflag.h"
#include "go_asm.h"

// BIN appends those keys of W whose leading value in Q is in the present bin, and
// moves W and Q to the next bin. R12 is the bin's keys, R11 how many there are.
#define BIN(W, Q) \
	VPCMPUW       $1, Z13, Q, K1  \
	KMOVD         K1, AX          \
	VPCOMPRESSW.Z W, K1, Z2       \
	POPCNTL       AX, AX          \
	VMOVDQU16     Z2, (R12)(R11*2) \
	ADDQ          AX, R11         \
	VPSUBW        Z13, Q, Q       \
	VPSUBW        Z12, W, W

// STEP does key = key * card + index for 32 rows, and notes indices beyond the last.
#define STEP(INDEX, W) \
	VPSUBUSW binArgs_last(R9), INDEX, Z3 \
	VPORQ    Z3, Z15, Z15                \
	VPMULLW  binArgs_card(R9), W, W      \
	VPADDW   INDEX, W, W

// func binRows512(a *binArgs, n int) bool
TEXT ·binRows512(SB), NOSPLIT, $0-17
	MOVQ      a+0(FP), DI
	MOVQ      n+8(FP), CX
	VPXORQ    Z15, Z15, Z15
	VMOVDQU16 binArgs_width(DI), Z13
	VMOVDQU16 binArgs_step(DI), Z12
	MOVQ      binArgs_columns(DI), R13
	MOVQ      binArgs_lead(DI), R14
	MOVQ      binArgs_bins(DI), BX
	XORQ      DX, DX // row

rows:
	VPXORQ Z0, Z0, Z0
	VPXORQ Z4, Z4, Z4
	MOVQ   DI, R9
	XORQ   R8, R8

column:
	MOVQ binArgs_cols(DI)(R8*8), R10
	CMPB binArgs_wide(DI)(R8*1), $0
	JNE  wide
	VPMOVZXBW  0(R10)(DX*1), Z6
	VPMOVZXBW  32(R10)(DX*1), Z7
	PREFETCHT0 4096(R10)(DX*1)
	JMP        step

wide:
	VMOVDQU16  0(R10)(DX*2), Z6
	VMOVDQU16  64(R10)(DX*2), Z7
	PREFETCHT0 4096(R10)(DX*2)
	PREFETCHT0 4160(R10)(DX*2)

step:
	STEP(Z6, Z0)
	STEP(Z7, Z4)
	ADDQ $64, R9
	INCQ R8
	CMPQ R8, R14
	JNE  more
	VMOVDQA64 Z0, Z1
	VMOVDQA64 Z4, Z5

more:
	CMPQ R8, R13
	JLT  column
	CMPQ BX, $1
	JEQ  single
	XORQ R8, R8

bin:
	MOVQ binArgs_fill(DI)(R8*8), R11
	MOVQ binArgs_keys(DI)(R8*8), R12
	BIN(Z0, Z1)
	BIN(Z4, Z5)
	MOVQ R11, binArgs_fill(DI)(R8*8)
	INCQ R8
	CMPQ R8, BX
	JLT  bin
	JMP  next

single:
	MOVQ      binArgs_fill(DI), R11
	MOVQ      binArgs_keys(DI), R12
	VMOVDQU16 Z0, (R12)(R11*2)
	VMOVDQU16 Z4, 64(R12)(R11*2)
	ADDQ      $64, R11
	MOVQ      R11, binArgs_fill(DI)

next:
	ADDQ $64, DX
	CMPQ DX, CX
	JLT  rows

	VPTESTMW Z15, Z15, K1
	KMOVD    K1, AX
	TESTL    AX, AX
	SETEQ    ret+16(FP)
	VZEROUPPER
	RET

// func countWordsAsm(low *uint8, carry *uint32, keys *uint16, n int)
TEXT ·countWordsAsm(SB), NOSPLIT, $0-32
	MOVQ low+0(FP), DI
	MOVQ carry+8(FP), R8
	MOVQ keys+16(FP), SI
	MOVQ n+24(FP), CX

four:
	MOVWLZX 0(SI), AX
	MOVWLZX 2(SI), BX
	MOVWLZX 4(SI), DX
	MOVWLZX 6(SI), R9
	INCB    (DI)(AX*1)
	JEQ     carry0

next0:
	INCB (DI)(BX*1)
	JEQ  carry1

next1:
	INCB (DI)(DX*1)
	JEQ  carry2

next2:
	INCB (DI)(R9*1)
	JEQ  carry3

next3:
	ADDQ $8, SI
	SUBQ $4, CX
	JNZ  four
	RET

carry0:
	INCL (R8)(AX*4)
	JMP  next0

carry1:
	INCL (R8)(BX*4)
	JMP  next1

carry2:
	INCL (R8)(DX*4)
	JMP  next2

carry3:
	INCL (R8)(R9*4)
	JMP  next3
