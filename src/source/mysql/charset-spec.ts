// How the servers' character sets differ from those of iconv-lite: MySQL's are older than today's standards, and rows
// have to come out as the server itself would show them.

export interface CharsetSpec {
  /** The nearest encoding that iconv-lite knows. */
  readonly base: string
  /**
   * Codes that mean something else here: `A14E=FF64` one code, `DB=FFFD,2A` a code and the ones behind it,
   * `8191-8192=A2` a run of codes to a run of characters, `8740-875D=` codes that mean nothing. Within a run only codes
   * count that are codes at all.
   */
  readonly except?: string
  /** First and second bytes of codes of two bytes; absent where every code is one byte. */
  readonly pairs?: string
  /** Bytes from 80 on that are codes of their own beside the pairs. */
  readonly singles?: string
  /** Codes of three bytes: 8F and two bytes from A1 to FE. */
  readonly hasTriples?: true
  /** Codes of four bytes: 81-FE, 30-39, 81-FE, 30-39. */
  readonly hasQuads?: true
}

const EUC_JAPANESE = { base: 'euc-jp', pairs: 'A1-FE/A1-FE 8E/A1-DF', hasTriples: true } as const
const SHIFT_JIS = {
  base: 'cp932',
  pairs: '81-9F/40-7E 81-9F/80-FC E0-FC/40-7E E0-FC/80-FC',
  singles: 'A1-DF',
} as const
const GBK = '81-FE/40-7E 81-FE/80-FE'

export const CHARSET_SPECS: Readonly<Record<string, CharsetSpec>> = {
  armscii8: { base: 'armscii8', except: 'A1=2741 A2=A7 AD=55F FE=2019 FF=27' },
  ascii: { base: 'ascii' },
  big5: {
    base: 'cp950',
    pairs: 'A1-F9/40-7E A1-F9/A1-FE',
    except:
      'A145=2022 A14E=FF64 A15A=FFFD A1C2=203E A1C3=FFFD A1C5=FFFD A1E3=223C A1F2=2641 A1F3=2609 A1FE=FFFD A240=FFFD ' +
      'A241=FF0F A242=FF3C A244=A5 A246-A247=A2 A2CC=FFFD A2CE=FFFD A3E1= C6A1=30FE C6A2-C6A3=309D C6A4=3005 ' +
      'C6A5-C6F7=3041 C6F8-C7B0=30A1 C7B1-C7B2=414 C7B3=401 C7B4-C7BA=416 C7BB-C7CD=423 C7CE=451 C7CF-C7E8=436 ' +
      'C7E9-C7F2=2460 C7F3-C7FC=2474 F9DD-F9FE=',
  },
  cp1250: { base: 'cp1250' },
  cp1251: { base: 'cp1251' },
  cp1256: { base: 'cp1256', except: '8A= 8F= 98= 9A= 9F= AA= C0= FF=' },
  cp1257: { base: 'cp1257' },
  cp850: { base: 'cp850' },
  cp852: { base: 'cp852' },
  cp866: { base: 'cp866', except: 'FC=207F FD=B2' },
  cp932: { ...SHIFT_JIS, except: 'F941-F9FC=E69D' },
  dec8: {
    base: 'iso-8859-1',
    except: 'A4= A6= A8=A4 AC-AF= B4= B8= BE= D0= D7=152 DD=178 DE= F0= F7=153 FD=FF FE-FF=',
  },
  eucjpms: {
    ...EUC_JAPANESE,
    except:
      '8FA2C3=FFE4 8FF3F3-8FF3FC=2170 8FF3FD-8FF4A8=2160 8FF4A9=FF07,FF02,3231,2116,2121,70BB,4EFC,50F4,51EC,5307,' +
      '5324,FA0E,548A,5759,FA0F,FA10,589E,5BEC,5CF5,5D53,FA11,5FB7,6085,6120,654E,663B,6665,FA12,F929,6801,FA13,' +
      'FA14,6A6B,6AE2,6DF8,6DF2,7028,FA15,FA16,7501,7682,769E,FA17,7930,FA18,FA19,FA1A,FA1B,7AE7,FA1C,FA1D,7DA0,' +
      '7DD6,FA1E,8362,FA1F,85B0,FA20,FA21,8807,FA22,8B7F,8CF4,8D76,FA23,FA24,FA25,90DE,FA26,9115,FA27,FA28,9592,' +
      'F9DC,FA29,973B,974D,9751,FA2A,FA2B,FA2C,999E,9AD9,9B72,FA2D,9ED1 8FF5A1-8FFEFE=E3AC F5A1-FEFE=E000',
  },
  euckr: { base: 'euc-kr', pairs: '81-FE/41-5A 81-FE/61-7A 81-FE/81-FE' },
  gb18030: { base: 'gb18030', pairs: GBK, hasQuads: true, except: 'A3A0=E5E5 8431A437=FFFD' },
  gb2312: {
    base: 'gbk',
    pairs: 'A1-F7/A1-FE',
    except:
      'A1A4=30FB A1AA=2015 A2A1-A2B0= A2E3-A2E4= A2EF-A2F0= A2FD-A2FE= A4F4-A4FE= A5F7-A5FE= A6B9-A6C0= A6D9-A6FE= ' +
      'A7C2-A7D0= A7F2-A7FE= A8BB-A8C4= A8EA-A9A3= A9F0-AFFE= D7FA-D7FE=',
  },
  gbk: {
    base: 'gbk',
    pairs: GBK,
    except:
      'A140-A1A0= A240-A2A0= A2AB-A2B0= A2E3-A2E4= A2EF-A2F0= A2FD-A3A0= A440-A4A0= A4F4-A5A0= A5F7-A6A0= ' +
      'A6B9-A6C0= A6D9-A6DF= A6EC-A6ED= A6F3= A6F6-A7A0= A7C2-A7D0= A7F2-A7FE= A896-A8A0= A8BC= A8BF= A8C1-A8C4= ' +
      'A8EA-A8FE= A958= A95B= A95D-A95F= A989-A995= A997-A9A3= A9F0-A9FE= AAA1-AAFE= ABA1-ABFE= ACA1-ACFE= ' +
      'ADA1-ADFE= AEA1-AEFE= AFA1-AFFE= D7FA-D7FE= F8A1-F8FE= F9A1-F9FE= FAA1-FAFE= FBA1-FBFE= FCA1-FCFE= ' +
      'FDA1-FDFE= FE50-FEFE=',
  },
  geostd8: {
    base: 'georgianps',
    except: '80=20AC 81= 83= 88= 8A= 8C-90= 98-9A= 9C-9F= E6-FC= FD=2116 FE-FF=',
  },
  greek: { base: 'iso-8859-7', except: 'A1=2BD A2=2BC A4-A5= AA=' },
  hebrew: { base: 'iso-8859-8', except: 'AF=203E' },
  hp8: { base: 'hproman8' },
  keybcs2: {
    base: 'cp437',
    except:
      '80=10C 83=10F 85=10E 86=164 87=10D 88=11B 89=11A 8A=139 8B=CD 8C=13E 8D=13A 8F=C1 91=17E 92=17D 95=D3 96=16F ' +
      '97=DA 98=FD 9B=160 9C=13D 9D=DD 9E=158 9F=165 A4=148 A5=147 A6=16E A7=D4 A8=161 A9=159 AA=155 AB=154',
  },
  koi8r: { base: 'koi8-r' },
  koi8u: { base: 'koi8-u', except: '95=2022' },
  latin1: { base: 'cp1252', except: '81=81 8D=8D 8F-90=8F 9D=9D' },
  latin2: { base: 'iso-8859-2' },
  latin5: { base: 'iso-8859-9' },
  latin7: { base: 'iso-8859-13' },
  macce: { base: 'maccenteuro' },
  macroman: { base: 'macintosh', except: 'BD=3A9 DB=20AC F0=F8FF' },
  sjis: {
    ...SHIFT_JIS,
    except:
      '815F=5C 8160=301C 8161=2016 817C=2212 8191-8192=A2 81CA=AC 8740-875D= 875F-8775= 877E-879C= ED40-EEEC= ' +
      'EEEF-EEFC= F040-F940= FA40-FC4B=',
  },
  swe7: { base: 'ascii', except: '40=C9 5B=C4 5C=D6 5D=C5 5E=DC 60=E9 7B=E4 7C=F6 7D=E5 7E=FC 7F=' },
  tis620: { base: 'iso-8859-11', except: 'A0=FFFD DB=FFFD,FFFD,FFFD,FFFD FC=FFFD,FFFD,FFFD,FFFD' },
  ujis: {
    ...EUC_JAPANESE,
    except:
      '8FA2B7=7E 8FF5A1-8FFEFE=E3AC A1C0=5C A1C1=301C A1C2=2016 A1DD=2212 A1F1-A1F2=A2 A2CC=AC ADA1-ADBE= ADC0-ADD6= ' +
      'ADDF-ADFC= F5A1-FEFE=E000',
  },
}
