//go:build !purego

#include "textflag.h"

// ROW takes row R14+u. DI, SI, DX and R8 point to cells, keys, x and the end of
// rest; CX to the key of the cell to ask for. R10 is 2^32-1, R13 is amountRow and X7
// has all ones in its lowest lane.
//
// R11 is first all ones if x is an amount, else 0, and then what is added to the
// number of rows; what is no amount is added as 0. Its position is written to rest
// in any case, and stays there if x is none. The largest, first and second with
// first >= second, become
//
//	max(first, x), min(first, max(second, x))
//
// A full cell is one whose word is negative.
#define ROW(u, full, on) \
	MOVL         (4*u)(CX)(R14*4), AX \
	SHLQ         $4, AX               \
	PREFETCHT0   (DI)(AX*1)           \
	MOVL         (4*u)(SI)(R14*4), AX \
	MOVQ         (8*u)(DX)(R14*8), BX \
	SHLQ         $4, AX               \
	ADDQ         DI, AX               \
	LEAQ         -1(BX), R9           \
	CMPQ         R9, R10              \
	SBBQ         R11, R11             \
	LEAL         u(R14), R12          \
	MOVL         R12, (R8)            \
	LEAQ         4(R8)(R11*4), R8     \
	ANDQ         R11, BX              \
	ANDQ         R13, R11             \
	VMOVD        BX, X1               \
	VPBROADCASTD X1, X1               \
	VMOVQ        8(AX), X0            \
	ADDQ         R11, BX              \
	ADDQ         BX, (AX)             \
	JMI          full                 \
on:                               \
	VPMAXUD      X0, X1, X2           \
	VPSLLQ       $32, X0, X3          \
	VPOR         X7, X3, X3           \
	VPMINUD      X2, X3, X2           \
	VMOVQ        X2, 8(AX)

// FULL notes the row of a full cell, if it is not one without an amount, which is
// noted already.
#define FULL(on) \
	TESTQ R11, R11  \
	JEQ   on        \
	MOVL  R12, (R8) \
	ADDQ  $4, R8    \
	JMP   on

// func addAmountsAVX2(cells *amount, keys *uint32, x *int64, n, ahead int, rest *uint32) int
TEXT ·addAmountsAVX2(SB), NOSPLIT, $0-56
	MOVQ     cells+0(FP), DI
	MOVQ     keys+8(FP), SI
	MOVQ     x+16(FP), DX
	MOVQ     rest+40(FP), R8
	MOVL     $0xFFFFFFFF, R10
	MOVQ     $(1<<48), R13
	VPCMPEQD X7, X7, X7
	VPSRLDQ  $12, X7, X7
	XORL     R14, R14

four:
	LEAQ    128(SI), CX // 32 keys
	CMPQ    R14, ahead+32(FP)
	CMOVQGE SI, CX
	ROW(0, full0, on0)
	ROW(1, full1, on1)
	ROW(2, full2, on2)
	ROW(3, full3, on3)
	ADDQ $4, R14
	CMPQ R14, n+24(FP)
	JLT  four
	SUBQ rest+40(FP), R8
	SHRQ $2, R8
	MOVQ R8, ret+48(FP)
	RET

full0:
	FULL(on0)

full1:
	FULL(on1)

full2:
	FULL(on2)

full3:
	FULL(on3)
