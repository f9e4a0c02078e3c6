/**
 * Frequent beginnings of passwords that zxcvbn does not know: words in other scripts, the keys of a Korean keyboard, and
 * newer names. Lower case, in the form NFKC.
 */
export const FREQUENT_WORDS: readonly string[] = `
пароль привет привіт любовь любов солнце солнышко наташа максим марина андрей сергей александр настя москва россия
киев україна зайка котенок спартак зенит кохання сонечко парола обичамте лозинка
κωδικός κωδικος σαγαπώ σαγαπω ελλάδα ελλαδα αγάπη καλημέρα
סיסמא סיסמה שלום אהבה ישראל
كلمةالسر كلمة السر مرحبا حبيبي حبيبتي محمد احمد الله بسمالله
رمزعبور پسورد سلام
पासवर्ड नमस्ते भारत
รหัสผ่าน สวัสดี
密码 我爱你 我的密码 你好 中国
パスワード ぱすわーど あいしてる ありがとう こんにちは
비밀번호 사랑해 안녕하세요 대한민국
ㅂㅈㄷㄱ쇼ㅕㅑㅐㅔ ㅁㄴㅇㄹ호ㅓㅏㅣ ㅂㅈㄷㄱ ㅁㄴㅇㄹ
toor iphone fortnite android roblox netflix instagram snapchat whatsapp tiktok twitter spotify discord amongus bitcoin
covid huawei macbook tesla messi zelda paypal ubuntu docker postgres
`
  .trim()
  .split(/\s+/)
  .map((word) => word.normalize('NFKC'));
