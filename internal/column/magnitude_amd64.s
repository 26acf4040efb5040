//go:build !purego

#include "textflag.h"

// func magnitudesAVX2(values *int64, n int) uint64
//
// What it waits for is memory, so that it asks for it well ahead; it does not matter
// that it asks for what lies behind the values.
TEXT ·magnitudesAVX2(SB), NOSPLIT, $0-24
	MOVQ  values+0(FP), SI
	MOVQ  n+8(FP), CX
	VPXOR Y15, Y15, Y15
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1

sixteen:
	PREFETCHT0 4096(SI)
	PREFETCHT0 4160(SI)
	VMOVDQU    0(SI), Y2
	VMOVDQU    32(SI), Y3
	VMOVDQU    64(SI), Y4
	VMOVDQU    96(SI), Y5
	VPCMPGTQ   Y2, Y15, Y6 // all ones where the value is below 0
	VPCMPGTQ   Y3, Y15, Y7
	VPCMPGTQ   Y4, Y15, Y8
	VPCMPGTQ   Y5, Y15, Y9
	VPXOR      Y2, Y6, Y6
	VPXOR      Y3, Y7, Y7
	VPXOR      Y4, Y8, Y8
	VPXOR      Y5, Y9, Y9
	VPOR       Y6, Y0, Y0
	VPOR       Y7, Y1, Y1
	VPOR       Y8, Y0, Y0
	VPOR       Y9, Y1, Y1
	ADDQ       $128, SI
	SUBQ       $16, CX
	JNZ        sixteen
	VPOR         Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPOR         X1, X0, X0
	VPSRLDQ      $8, X0, X1
	VPOR         X1, X0, X0
	VMOVQ        X0, AX
	MOVQ         AX, ret+16(FP)
	VZEROUPPER
	RET
