//! The closed list of deviations a frame can show, each with a stable name and a sentence in both languages.

use std::fmt;

/// How much a deviation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Severity {
    /// Allowed or usual; told for completeness.
    Note,
    /// Against the standard, but the content is clear.
    Deviation,
    /// Part of the content is lost, doubtful, or not protected by the checksum.
    Fatal,
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $zh:literal $en:literal;)*) => {
        /// What is unusual about a frame.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`: ", $zh, " / ", $en)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Stable name, as it stands in reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// The sentence in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// The sentence in English.
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }
        }
    };
}

codes! {
    BadHeader "bad_header" Deviation "包头不是“##”加四位数字" "the header is not `##` and four digits";
    BadLength "bad_length" Deviation "数据段长度与包头声明不符" "the data segment does not have the declared length";
    Over1024 "over_1024" Deviation "数据段超过 1024 字节，应拆分包" "the data segment is over 1024 bytes and should have been split";
    CpOverLimit "cp_over_limit" Note "CP 内容超过本版标准的上限" "the content of CP is over the edition's limit";
    BadCrc "bad_crc" Fatal "CRC 校验不符，按标准应丢弃" "the CRC does not match; the standard says to drop the message";
    CrcModbus "crc_modbus" Deviation "CRC 是普通 CRC-16/MODBUS，不是 HJ 212 的算法" "the CRC is plain CRC-16/MODBUS, not the one of HJ 212";
    CrcModbusSwapped "crc_modbus_swapped" Deviation "CRC 是高低字节颠倒的 CRC-16/MODBUS" "the CRC is CRC-16/MODBUS with its bytes swapped";
    LowercaseCrc "lowercase_crc" Note "CRC 用了小写字母" "the CRC is in lower case";
    NoCrc "no_crc" Fatal "没有 CRC" "there is no CRC";
    ShortCrc "short_crc" Fatal "CRC 不足四位（丢了前导零？）" "the CRC has fewer than four digits (leading zeros dropped?)";
    CrcNotHex "crc_not_hex" Fatal "CRC 不是十六进制数字" "the CRC is not hexadecimal";
    NoCrlf "no_crlf" Note "包尾没有回车换行" "the frame does not end with CR LF";
    MissingEnd "missing_end" Fatal "包没有结尾（缺少“&&”与 CRC）" "the frame has no end (`&&` and CRC are missing)";
    TrailingBytes "trailing_bytes" Deviation "CRC 之后还有多余字节" "there are bytes after the CRC";
    NoCp "no_cp" Deviation "没有 CP" "there is no CP";
    NoCpStart "no_cp_start" Deviation "CP 没有开头的“&&”" "CP lacks its opening `&&`";
    NoCpEnd "no_cp_end" Deviation "CP 没有结尾的“&&”" "CP lacks its closing `&&`";
    MissingSemicolon "missing_semicolon" Deviation "CP 之前漏了分号" "the semicolon before CP is missing";
    NoQn "no_qn" Note "包头没有 QN" "there is no QN in the header";
    NoSt "no_st" Deviation "没有 ST" "there is no ST";
    NoCn "no_cn" Fatal "没有 CN" "there is no CN";
    NoPw "no_pw" Note "没有 PW" "there is no PW";
    NoMn "no_mn" Fatal "没有 MN" "there is no MN";
    BadQn "bad_qn" Deviation "QN 不是 17 位时间" "QN is not a time of 17 digits";
    BadSt "bad_st" Deviation "ST 不是两位数字或大写字母" "ST is not two digits or capital letters";
    BadCn "bad_cn" Deviation "CN 不是四位数字" "CN is not four digits";
    BadPw "bad_pw" Note "PW 不是六位" "PW does not have six characters";
    BadMn "bad_mn" Note "MN 不符合本版标准的长度或字符" "MN does not have the edition's length or characters";
    BadFlag "bad_flag" Deviation "Flag 不是 0 到 255 的整数" "Flag is not an integer of 0 to 255";
    UnknownVersion "unknown_version" Deviation "Flag 的版本位不属于任何版本" "the version bits of Flag belong to no edition";
    BadPacket "bad_packet" Deviation "PNUM、PNO 不成对或超出范围" "PNUM and PNO are not a valid pair";
    SplitWithoutPnum "split_without_pnum" Deviation "Flag 有拆分位而没有 PNUM、PNO" "Flag has the split bit, but PNUM and PNO are missing";
    PnumWithoutSplit "pnum_without_split" Deviation "有 PNUM、PNO 而 Flag 没有拆分位" "PNUM and PNO are there without the split bit of Flag";
    BadRf "bad_rf" Deviation "RF 只能是 1" "RF can only be 1";
    HeaderKeyCase "header_key_case" Note "包头字段名大小写不符" "a header key is spelt in another case";
    HeaderOrder "header_order" Note "包头字段次序不符" "the header keys are not in the standard's order";
    UnknownHeaderKey "unknown_header_key" Deviation "包头有未知字段" "there is an unknown header key";
    RepeatedHeaderKey "repeated_header_key" Deviation "包头字段重复" "a header key is repeated";
    CommaForSemicolon "comma_for_semicolon" Deviation "该用分号处用了逗号" "a comma stands where a semicolon is meant";
    StraySpace "stray_space" Deviation "字段内有多余空格" "there are stray spaces in a field";
    EmptyItem "empty_item" Note "有空项（多余的分隔符）" "there is an empty item (a separator too many)";
    MalformedItem "malformed_item" Deviation "该项没有等号" "the item has no `=`";
    EmptyValue "empty_value" Deviation "值为空" "the value is empty";
    RepeatedKey "repeated_key" Note "CP 内字段重复" "a key is repeated in CP";
    DoubledSuffix "doubled_suffix" Deviation "因子字段后缀重复" "the factor's field name is written twice";
    BareFlag "bare_flag" Deviation "CP 内有不带因子编码的 Flag" "there is a Flag without a factor code in CP";
    BadTime "bad_time" Deviation "时间不是 14 位 YYYYMMDDhhmmss" "the time is not 14 digits YYYYMMDDhhmmss";
    BadNumber "bad_number" Deviation "监测值不是数字" "the measured value is not a number";
    ReplyNot91 "reply_not_91" Note "应答的 ST 不是 91" "a reply has an ST other than 91";
    ReplyWithContent "reply_with_content" Note "数据应答或通知应答带有多余内容" "a data or notify answer carries content of its own";
    Encrypted "encrypted" Note "CP 内容疑似 SM4 密文" "the content of CP looks like SM4 cipher text";
    Decrypted "decrypted" Note "CP 内容经 SM4 解密，位置按明文计" "the content of CP was SM4 cipher text; places count in the plain text";
    NoKey "no_key" Fatal "CP 内容是 SM4 密文，没有该设备的密钥" "the content of CP is SM4 cipher text, and there is no key for the device";
    WrongKey "wrong_key" Fatal "SM4 密钥与密文不符" "the SM4 key does not fit the cipher text";
    BrokenCipher "broken_cipher" Fatal "SM4 密文残缺或已损坏" "the SM4 cipher text is incomplete or damaged";
    Utf8Text "utf8_text" Note "含 UTF-8 文字" "holds UTF-8 text";
    GbkText "gbk_text" Deviation "含 GBK 文字（标准为 UTF-8）" "holds GBK text (the standard says UTF-8)";
    InvalidText "invalid_text" Fatal "含无法识别的字节" "holds bytes of no known character set";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One deviation and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Byte offset in the frame.
    pub at: usize,
    /// What it is.
    pub code: Code,
    /// What was found there, shortened; empty when the code says it all.
    pub found: String,
}

impl Diagnosis {
    /// The sentence in Chinese with what was found.
    pub fn zh(&self) -> String {
        if self.found.is_empty() {
            self.code.zh().to_owned()
        } else {
            format!("{}：{}", self.code.zh(), self.found)
        }
    }

    /// The sentence in English with what was found.
    pub fn en(&self) -> String {
        if self.found.is_empty() {
            self.code.en().to_owned()
        } else {
            format!("{}: {}", self.code.en(), self.found)
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh(), self.en())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Diagnosis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Diagnosis", 3)?;
        fields.serialize_field("at", &self.at)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}
