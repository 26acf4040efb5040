//go:build !purego

#include "textflag.h"

DATA scales<>+0(SB)/8, $0x4059000000000000  // 100
DATA scales<>+8(SB)/8, $0x42374876e8000000  // 1e11
DATA scales<>+16(SB)/8, $0x40c3880000000000 // 10,000
DATA scales<>+24(SB)/8, $0x4338000000000000 // 1.5 * 2^52
DATA scales<>+32(SB)/8, $0x7fffffffffffffff
GLOBL scales<>(SB), RODATA|NOPTR, $40

// func readCentsAVX2(steps, out *int64, values *float64, n int) (all uint64, ok bool)
//
// A whole number r of less than 2^51 is the last bits of r + 1.5 * 2^52, less those
// of 1.5 * 2^52.
TEXT ·readCentsAVX2(SB), NOSPLIT, $0-41
	MOVQ         steps+0(FP), DI
	MOVQ         out+8(FP), R8
	MOVQ         values+16(FP), SI
	MOVQ         n+24(FP), CX
	VBROADCASTSD scales<>+0(SB), Y8
	VBROADCASTSD scales<>+8(SB), Y9
	VBROADCASTSD scales<>+16(SB), Y10
	VBROADCASTSD scales<>+24(SB), Y11
	VBROADCASTSD scales<>+32(SB), Y12
	VPXOR        Y15, Y15, Y15
	VPXOR        Y14, Y14, Y14 // bits of any
	VPCMPEQD     Y13, Y13, Y13 // all ones while all are cents

four:
	PREFETCHT0 4096(SI)
	VMOVUPD    (SI), Y0
	VMULPD     Y8, Y0, Y1
	VROUNDPD   $0, Y1, Y1      // r, the nearest, of two the even
	VDIVPD     Y8, Y1, Y2
	VCMPPD     $0, Y0, Y2, Y2  // r / 100 == v
	VANDPD     Y12, Y1, Y3
	VCMPPD     $1, Y9, Y3, Y3  // |r| < 1e11
	VANDPD     Y2, Y13, Y13
	VANDPD     Y3, Y13, Y13
	VMULPD     Y10, Y1, Y4     // exact: less than 2^53
	VADDPD     Y11, Y1, Y1
	VADDPD     Y11, Y4, Y4
	VPSUBQ     Y11, Y1, Y1
	VPSUBQ     Y11, Y4, Y4
	VMOVDQU    Y1, (DI)
	VMOVDQU    Y4, (R8)
	VPCMPGTQ   Y4, Y15, Y5
	VPXOR      Y4, Y5, Y5
	VPOR       Y5, Y14, Y14
	ADDQ       $32, SI
	ADDQ       $32, DI
	ADDQ       $32, R8
	SUBQ       $4, CX
	JNZ        four
	VEXTRACTI128 $1, Y14, X0
	VPOR         X0, X14, X0
	VPSRLDQ      $8, X0, X1
	VPOR         X1, X0, X0
	VMOVQ        X0, AX
	MOVQ         AX, all+32(FP)
	VMOVMSKPD    Y13, AX
	CMPL         AX, $15
	SETEQ        ok+40(FP)
	VZEROUPPER
	RET
