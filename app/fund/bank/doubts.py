"""Doubts: why a line of a statement waits for a person whatever its references and amount say."""

#: It takes another line back, by the bank's mark or words or by a sign against the file's rule.
REVERSAL = "reversal"
#: The bank's word for its state is not known.
STATUS = "status"
#: One amount of several payments of which the file does not tell each.
BATCH = "batch"
#: Another cell of its row says that it has not happened, is not in baht or goes the other way.
BESIDE = "beside"
#: Equal in everything to a line of another file, and nothing says whether it is that line.
ALIKE = "alike"

WORDS = {
    REVERSAL: "ธนาคารบอกว่าเป็นการกลับรายการหรือคืนเงิน กรุณาดูว่ากลับรายการใด แล้วตัดสินทั้งสองรายการ",
    STATUS: "ธนาคารบอกสถานะที่ระบบไม่รู้จัก กรุณาตรวจกับธนาคารว่าเงินเข้าหรือออกจริงแล้ว ก่อนตัดสิน",
    BESIDE: "ช่องอื่นในบรรทัดเดียวกันบอกว่ารายการไม่สำเร็จ เป็นเงินสกุลอื่น หรือเข้าออกสวนทางกับจำนวนเงิน กรุณาตรวจกับธนาคารก่อนตัดสิน",
    BATCH: "ธนาคารรวมหลายรายการเป็นยอดเดียวและบอกรายการย่อยไม่ครบ กรุณาขอรายการย่อยจากธนาคาร แล้วแบ่งเป็นหลายส่วน",
    ALIKE: "เหมือนรายการของไฟล์อื่นทุกช่อง และไฟล์ไม่บอกยอดคงเหลือที่แยกได้ กรุณาดูว่าเป็นเงินก้อนเดียวกันหรืออีกก้อน หากเป็นก้อนเดียวกันให้แยกรายการนี้ไว้",
}
