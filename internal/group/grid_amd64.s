//go:build !purego

#include "textflag.h"

// The three functions below take 32 rows at a time. DI and SI point to dst and
// the column, CX counts rows, Y15 holds the stride and Y14 the largest so far.

// MUL multiplies 32 codes, widened to Y0 to Y3.
#define MUL \
	VPMULLD Y15, Y0, Y0 \
	VPMULLD Y15, Y1, Y1 \
	VPMULLD Y15, Y2, Y2 \
	VPMULLD Y15, Y3, Y3

// ADD adds 32 products to what is in dst.
#define ADD \
	VPADDD 0(DI), Y0, Y0  \
	VPADDD 32(DI), Y1, Y1 \
	VPADDD 64(DI), Y2, Y2 \
	VPADDD 96(DI), Y3, Y3

#define STORE \
	VMOVDQU Y0, 0(DI)  \
	VMOVDQU Y1, 32(DI) \
	VMOVDQU Y2, 64(DI) \
	VMOVDQU Y3, 96(DI)

#define LOAD8 \
	VPMAXUB (SI), Y14, Y14 \
	VPMOVZXBD 0(SI), Y0    \
	VPMOVZXBD 8(SI), Y1    \
	VPMOVZXBD 16(SI), Y2   \
	VPMOVZXBD 24(SI), Y3

#define LOAD16 \
	VPMAXUW 0(SI), Y14, Y14  \
	VPMAXUW 32(SI), Y14, Y14 \
	VPMOVZXWD 0(SI), Y0      \
	VPMOVZXWD 16(SI), Y1     \
	VPMOVZXWD 32(SI), Y2     \
	VPMOVZXWD 48(SI), Y3

#define LOAD32 \
	VMOVDQU 0(SI), Y0     \
	VMOVDQU 32(SI), Y1    \
	VMOVDQU 64(SI), Y2    \
	VMOVDQU 96(SI), Y3    \
	VPMAXUD Y0, Y14, Y14  \
	VPMAXUD Y1, Y14, Y14  \
	VPMAXUD Y2, Y14, Y14  \
	VPMAXUD Y3, Y14, Y14

// func mulAdd8AVX2(dst *uint32, col *uint8, n int, stride uint32, first bool) (top uint32)
TEXT ·mulAdd8AVX2(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         col+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         stride+24(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15
	MOVBLZX      first+28(FP), AX
	VPXOR        Y14, Y14, Y14
	TESTL        AX, AX
	JZ           add8

set8:
	LOAD8
	MUL
	STORE
	ADDQ $32, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  set8
	JMP  top8

add8:
	LOAD8
	MUL
	ADD
	STORE
	ADDQ $32, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  add8

top8:
	VEXTRACTI128 $1, Y14, X0
	VPMAXUB      X0, X14, X0
	VPSRLDQ      $8, X0, X1
	VPMAXUB      X0, X1, X0
	VPSRLDQ      $4, X0, X1
	VPMAXUB      X0, X1, X0
	VPSRLDQ      $2, X0, X1
	VPMAXUB      X0, X1, X0
	VPSRLDQ      $1, X0, X1
	VPMAXUB      X0, X1, X0
	VMOVD        X0, AX
	MOVBLZX      AX, AX
	MOVL         AX, top+32(FP)
	VZEROUPPER
	RET

// func mulAdd16AVX2(dst *uint32, col *uint16, n int, stride uint32, first bool) (top uint32)
TEXT ·mulAdd16AVX2(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         col+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         stride+24(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15
	MOVBLZX      first+28(FP), AX
	VPXOR        Y14, Y14, Y14
	TESTL        AX, AX
	JZ           add16

set16:
	LOAD16
	MUL
	STORE
	ADDQ $64, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  set16
	JMP  top16

add16:
	LOAD16
	MUL
	ADD
	STORE
	ADDQ $64, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  add16

top16:
	VEXTRACTI128 $1, Y14, X0
	VPMAXUW      X0, X14, X0
	VPSRLDQ      $8, X0, X1
	VPMAXUW      X0, X1, X0
	VPSRLDQ      $4, X0, X1
	VPMAXUW      X0, X1, X0
	VPSRLDQ      $2, X0, X1
	VPMAXUW      X0, X1, X0
	VMOVD        X0, AX
	MOVWLZX      AX, AX
	MOVL         AX, top+32(FP)
	VZEROUPPER
	RET

// func mulAdd32AVX2(dst *uint32, col *uint32, n int, stride uint32, first bool) (top uint32)
TEXT ·mulAdd32AVX2(SB), NOSPLIT, $0-36
	MOVQ         dst+0(FP), DI
	MOVQ         col+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         stride+24(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15
	MOVBLZX      first+28(FP), AX
	VPXOR        Y14, Y14, Y14
	TESTL        AX, AX
	JZ           add32

set32:
	LOAD32
	MUL
	STORE
	ADDQ $128, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  set32
	JMP  top32

add32:
	LOAD32
	MUL
	ADD
	STORE
	ADDQ $128, SI
	ADDQ $128, DI
	SUBQ $32, CX
	JNZ  add32

top32:
	VEXTRACTI128 $1, Y14, X0
	VPMAXUD      X0, X14, X0
	VPSRLDQ      $8, X0, X1
	VPMAXUD      X0, X1, X0
	VPSRLDQ      $4, X0, X1
	VPMAXUD      X0, X1, X0
	VMOVD        X0, AX
	MOVL         AX, top+32(FP)
	VZEROUPPER
	RET

// func countAsm(low *uint8, carry *uint32, keys *uint32, n int)
TEXT ·countAsm(SB), NOSPLIT, $0-32
	MOVQ low+0(FP), DI
	MOVQ carry+8(FP), R8
	MOVQ keys+16(FP), SI
	MOVQ n+24(FP), CX

four:
	MOVL 0(SI), AX
	MOVL 4(SI), BX
	MOVL 8(SI), DX
	MOVL 12(SI), R9
	INCB (DI)(AX*1)
	JEQ  carry0

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
	ADDQ $16, SI
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
