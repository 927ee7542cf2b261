"""Statements in the formats of banks."""

KBIZ = """\ufeffรายการเดินบัญชีเงินฝากออมทรัพย์ (มีรายละเอียด),,,,,,,,,,,,
K-DEPOSIT STATEMENT OF SAVING ACCOUNT (WITH DETAIL),,,,,,,,,,,,
,ที่ DD.048 : N1/2569,หน้าที่ 1/1,,,0723,,,,,,,
,ชื่อบัญชี,"กองทุนขจัดความยากจน
ศาลากลางจังหวัด",,,,,เลขที่อ้างอิง,,,,REF001,
,,,,,,,เลขที่บัญชีเงินฝาก,,,,xxx-x-x0000-1,
,,,,,,,รอบระหว่างวันที่,,,,18/09/2026 - 19/09/2026,
,,,,,,,,,,,,
,,,,,,,ยอดยกไป,,,,,"65,691.44"
,,,,,,,รวมถอนเงิน,,1,,รายการ,100.00
,,,,,,,รวมฝากเงิน,,2,,รายการ,327.00
,,,,,,,,,,,,
,วันที่,เวลา/ วันที่มีผล,รายการ,ถอนเงิน,,ฝากเงิน,,ยอดคงเหลือ,,ช่องทาง,,รายละเอียด
,18-09-26,,ยอดยกมา,,,,,"65,464.44",,,,
,18-09-26,08:30,รับโอนเงิน,,,218.00,,"65,682.44",,K PLUS,,จาก X5264 นาง ผู้โอน ห++
,19-09-26,09:25,รับโอนเงิน,,,109.00,,"65,791.44",,Internet/Mobile KTB,,จาก KTB X0452 นาย ผู้โอน ส++
,19-09-26,10:00,โอนเงิน,100.00,,,,"65,691.44",,K BIZ,,โอนไป SCB X1111 นาย ผู้รับ++
"""


MT940 = """{1:F01KASITHBKAXXX0000000000}{2:I940KASITHBKXXXXN}{4:
:20:STMT201001
:25:KASITHBK/4010000001
:28C:00275/001
:60F:C201001THB379319,99
:61:2010011001CR10000,00NTRFNONREF//K0597253
CASH DEPOSIT
:86:เงินฝาก F69ABC
:61:2010021001D500,5NCHGCHG//K2
:61:2101020101RC100,00NTRFX//K3
:86:166?00BILL PAYMENT?20F69 REF?21 LINE?32นาย ใจดี?33 มีสุข
:61:2010031003RD50,NTRFX//K4
:62F:C201003THB388769,49
:64:C201003THB388769,49
-}
"""


def mt940(text: str = MT940) -> bytes:
    return text.replace("\n", "\r\n").encode()


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><Othr><Id>4010000001</Id></Othr></Id><Ccy>THB</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2020-10-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">1850.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2020-10-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="THB">500.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2020-10-01T02:30:00Z</DtTm></BookgDt>
<AcctSvcrRef>A1</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>T1</AcctSvcrRef><EndToEndId>E1</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>นาย ใจดี ม***</Nm></Dbtr></RltdPties><RltdAgts><DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>006</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Strd><CdtrRefInf><Ref>HELLO</Ref></CdtrRefInf></Strd><Strd><CdtrRefInf><Ref>NET001</Ref></CdtrRefInf></Strd><Ustrd>เพื่อเด็ก</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="THB">400.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2020-10-02</Dt></BookgDt><AcctSvcrRef>B</AcctSvcrRef>
<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="THB">150.00</Amt></TxAmt></AmtDtls></TxDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="THB">250.00</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="THB">50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2020-10-02</Dt></BookgDt><AddtlNtryInf>ค่าธรรมเนียม</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="THB">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""
