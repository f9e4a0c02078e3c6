/**
 * Passwords of at least eight characters that are among the most frequent in recent leaks (Pwned Passwords, SecLists) but
 * that zxcvbn rates as strong. Lower case.
 */
export const LEAKED_PASSWORDS: readonly string[] = `
zag12wsx 1g2w3e4r dearbook 111222tianya g_czechout indya123 linkedin j38ifubn fqrg7cs493 29rsavoy vqsablpzla
cjmasterinf pe#5gz29ptzmse dpbk1234 diosesfiel iw14fi9j myspace123 justinbieb a838hfid 421uiopy258 uqa9ebw445
startfinding yagjecc826 d41d8cd98f00b204e9800998ecf8427e p3rat54797 qqww1122 qti7zxh18u 1v7upjw3nt tnk0mk16vx
w5txn36alfw maprchem56458 megaparol12345 ig4abox4 homelesspa passer2009 fuk19600 yuantuo2012 3odi15ngxb sz9kqcctwy
d2xyw89sxj 3d8cubaj2e evildick career121 2012comeer n8zgt5p0shw= sample123 vrbgqns997 g9l2d1fzpy hotmail1 diwtgm8492
comeon11 yahoo.com jacket025 telechargement youbye123 golfcourse x4ivyga51f 6hbf28w791 h1xp2z2duk yfdbufnjh10305070
aobo2010 ka_djkhjsy6 fuku00198 evony192 12qw23we passer2011 wangyut2 ohmnamah23 y6p67ftrqj akopa123 ocpoook325
yahoo123 aaron431 1zn6fpn01x 1fr2rfq7xl g13916055158 alladin79 1q2w3e4r5t6y7u8i9o0p myspace.co 5xfgs3ii9d skate4life
linkedin1 nks230kjs82 classof09 d71lwz9zjs hottie101 "zxcvbnm,./" blink123 asdf3423 5532361cnjqrf qdujvyg5sxa
eh1k9oh335 iamthebest uvgx8f8232 sentnece pk3x7w9w ji394su3 univers2l ssyu1314 ilovemymom 3rjs1la2qe classof08
d9zufqd92n kikeunyw 6v21wbgad 168asd168 123admin321 akax89wn lovingyou 3rjs5la8qe qarglr123 jjcg16dj5k megaparol
layouts1 bkl29m2bk myspace01 nyq28giz1z linkedin123 0r968ji9ufj6 fu7u4a#$$$ 92k2cizcdp love4life jundian2011xr
yfdbufnjh63 18atcskd2w viphv5j736 whatthezor 000webhost iw14fi9jxl nickjonas1 ms0083jxj qwe1122334 cm6e7aumn9
8ix6s1fceh pok29q6666 as790433 taishan2011 ty2t1hv3oc jakcgt333 "zxcvbnm," myspace08 ttd955audg babatunde houston713
woaini1314 iamnumber1 angelbaby1 home0401 oluwaseun ilovechris souljaboy1 cepetsugih demon1q2w3e 393041123
demon1q2w3e4r lovesucks1 cutie101 dominican1 olayinka uhfybn8888 myspace101 demon1q2w3e4r5t surside13 projectsadminx
huhbbhzu78 ichliebedich megasecret joejonas1 teamo123 zacefron1 stunt101 networking pazzword123 choupette kifj9n7bfu
myspace09 forzamilan triskelion john!20130605at1753 linkedin2011 1q2w3e4r5t6y7u8i w66yrybgra fullaccess mrf11277215
harrypotte mileycyrus ihatethisgame briciola babygurl12 u1v7hhh7ef yahoomail classof07 mississipp history278 crip4life
owt243ygbj x3luym2mmj classof201 byusdg23 freeze112 s8ylpe9jdpvym cheer123 myspace69 principessa adekunle tweetybird
ordinateur mega_pizdetz666 puppylove1 theused1 music4life l1nk3d1n emotional bellissima aptx4869 apsk54321 baili123com
jaihanuman qwegta13091990 l6ho3tg7wb sextrime1 zacefron id6c3wr6un cookiemons sexyback1 feder_1941 sagitarius
forzainter porcodio magandaako fxzz75yer myspace07 theonly1 doomsayer.2.7mords.v chivas100 carmelo15 h2vwdubjx4
seniseviyorum christelle eqes606898 onedirection scvmofas79 hotpink1 ilovejusti lipgloss1 google.com e3r4t5y6 lipgloss
dontforget r9lw4j8khx w5tn36alfw badbitch1 derp12!@ johnlock nickjonas couponsc10 lexor123 classof200 jobshop2002
mikejones1 blogs123 9uzp9jek3f sexygurl1 1q2w3e4r5t6y7u8i9o godlovesme grenouille heartbreak myspace200 mylinkedin
nssadmin 4everlove -deleted- marseille13 doomsayer.2.7mords.vv <password> joejonas ilovemysel 3s43pth5aea surenos13
candygirl1 woshiyazi zimmer483 tartaruga imthebest daddygirl1 2000comeer one2three ilovemike margarida love2love
fucklove13 backstreet ou29q6666 gribouille iloveindia underoath1 neopets12 find_pass detroit313 wz362308 jfgvcqbuzug
m1chp00h highschool villanueva poupette moncoeur linkedln passer2010 dfa72dfj ilovejosh1 rbotmvz954 newport100
gwapoako mickeymous 123admin32 1moretime 2010comer x99qomx561 2cxdn8s271 my204856 jesuscristo topbutton crazygirl1
nokia6600 ahmed123 634142554 loveu4ever ddzj39cb3 ilovematt blood4life slovensko hilaryduff jiefang007 wilfried
rencontre film@123 olalekan johnnydepp godblessme migrationschool noviembre southpole1 ilovejosh saraswati tmnet123
holyspirit 123odidol merda123 woaiwojia my.space gunsnroses olamilekan elisabetta ilovealex1 ilovenick1 xblhintb9w
no1knows iloveboys friends4ev xtseo2011tdx mv46vkmz10 pimpin101 my1space echizen18 gettherefast hotmail123 sassi123
clementine ??????@mail.ru mommyof2 deusefiel ilovemybab contrase iloveboys1 3daysgrace lordjesus michoacan1 fiorella
internazionale olanrewaju fk3456abc bvp33w7epu 1fptjtl919 papichulo1 harekrishna pimp4life countryboy kowalski
ilovematt1 ballerina himanshu myspace4me yourgay1 meenakshi qwerpoiu asd666fds carebears1 dkxjizc282 skyliner34
ilovemykids coccinella class2010 xt97794xt coca-cola !qaz1qaz mark_963 &hearts: 5plk4l5uc7 realestate myspace06
jesusloves 3.1415926 corentin 5845201314 dramaqueen historia vaishali tzir25l5kn 5x1cjdsb9p miley123 antoinette
skaterboy1 myspace201 psychology w1aubvoq flatblocker 1zn6fpn01n nokia3100 arcobaleno sternchen qh6xl1p9xj iloveryan
romans828 brownsugar hot97hot foxracing1 1life2live happyfeet1 sdf7asdf6asdg8df j1v1fp2bxm yu5l97wk8q cheer101
qwerrewq classof06 woaini123 sixteen16 92dk2cidp terserah 159258357 philippine tamahome psalms23 3qdlqb49js karukera
love4eva psicologia woaini520 crazygirl limegreen1 fener1907 ilovemymum ilovemike1 maplestory sk8erboi atlars10
ilovealex babygurl13 crazydog ilovehim12 starburst1 bobesponja prasanna alliswell "k.,jdm" ilovenick cheerleade
ppoo0099 ilovemydad forzajuve mommyof3 zmx870919123 minicalibra hgrfqg4577 itsmylife coregmedia asdfghjkl:&#39:
ilovejoe olatunji imthebest1 bbleo1zz employment lolek123 tolulope limegreen hurensohn zacatecas1 ukflbfnjh12
ilovemyfam evony123 inactive1996aug mmo110110 mustapha iw14fi9jwqa demilovato marguerite 25257758 lydcc20091314
poptropica jesuslovesme couponmom brokenhear hevhk43n9j szczurek ilovecats amdturion64 maryrose ilovedogs myspace99
0icotpd785 ilovemykid happyfeet opernhaus1 icxkyb7972 allahis1 chicharito powerpuff music4me funmilola dance4life
4391634m lovehim1 realnigga1 wsbe279qsg tombrady12 mishijos login123 m1am1b3ach walalang ordenador transforme
ilovejohn capricornio ineedyou girlsrule jaigurudev anno1602 teste123 salamanca ilovesam1 31x7t5xbke bwfq23jp7f
inter1908 aabb1122 forzanapoli lilwayne12 fxzz75$yer 121324810z tanginamo hawaii808 nowehaslo lovelygirl iloveryan1
loserface1 naruto101 ilovedavid lukasz12 hm9958123 dfg5fhg5vgfh1 ryan962052 qugrqfo825 allahakbar boulette k47rizxt2g
newpasswor sk8erboy soleluna dookenr1 woshishui josette1 noiembrie shayne123 123admin321a opelcorsa ichliebedi
dkssud12 nideknil den221991 selenagome maranatha automobil olusegun glamorous1 luv4ever angedemon surena13 nessa1234
hawkesbury93 amoreterno 154322358 allrecipes damilare omshanti pocahontas 1treehill silkroad voldemort oks65b6666
sardegna 1200nerds tichuots nha7ebf6kp hx28o9e646 q0tsrbv488 borboleta newthree51 amoureuse pilipinas trabalho
my-space gummybear yahoo100 pedarsag pqntmt1247 hotmail.com edxk20qmfs gossipgirl klaudia01 jesuslives juventini
iminlove f1uuhza723 mirantte fuckthewor isabel972 lilpimp1 zhd741220 smile0_0 harvick29 bahia1979 candygirl
hbhc8290826 vicky123 karakartal gtavicecity 13587930210 zxc841219 speak2me l1nked1n pass_2011 spionin8688 randyorton
asdf:lkj ww651118 #1stunna 14629227 29422277 mobsters1 lincogo1 rtw150809 d0r1nc0urt olo65b6666 myspacepas 82214989
ilds4edad superwoman 1211109032 yellowcard degrassi1 22152182 resing1965 dragoste 92298899 tl281188t xige5516726
dieguito 53472235 vuc7neyu0 santhosh staredobre godisable loxpider lindinha ovr220278 "1,00001e+14" yemi19900911
threekids uhfaabnb swampfire buzhidao gfs2z6wb kapej111 nomeacuerdo 31081981rs marygrace marmotte qiciqdp162 poepen19
roro1024 vascorossi mbahurip p5415420 babymama1 gwarmonster cheguevara supa1906 ss563563ss paluso00 uphill45 underoath
bharathi jkiuztdftl57 j4n4jel4 semangat lebronjame seigneur olitec00 love1314 trapdoor60 pommes123 povlmly727 snorre98
honeybunny 139381512 5a8b9c2d xantria10315 kuana230345 25393275 doodlebug1 aksrms8010 starwarsfan10 awei1616
skaterdude 68582988 blkdrag0ns cksdnd12 ganja420 familiyafamiliya linkedin11 wrasloco11 kurdistan pinkpanther hrenota1
teonamaria1 frisco415 jiang8kevin barbiegirl cds04121989 gutschein myspace00 anetka11 bamidele sangeetha sexychick1
aliceadsl hannover96 vitor1268123 looby123 bucuresti povray14 myblocker 849vak17 26665806 j5644574 spider-man
m01759766727 123456789101112 trackstar1 aa261599 weronika1992 zbychlas tyrael04 ehdgnl12 jdd04257 neworleans12345
bl8lygb0 kara2711 william2631 qq18ww899 yggdrasil4 aug!272010 jetsmets mamikawada sexy4life tuputamadre u83xu3u83
jackmore1 @bigmir.net spitsy16 komputer12 sipfhair mamika10 1olmetec1 kevnwo128 nickiminaj akademiks11 farmacia
natiichen999 teenaa111 myspace77 fragolina 94246843 ilovejoe1 skateordie cordell123 h4t3cr3w smb0512bz steflio3123
nummero1 bangaram 27254931 ludi1234 kinomoto89 jarox1301! billiejoe1 raffaella pt120439 lara1308 maciek06 94327579
001579238 29694419 girlygirl1 mayquinn2 43922572 kakashi21 nothings123 520love101182 matyas2001 leolong1985 zooyork1
ska02ska butterball hans4queck kartoffelpuffer 6817zd57 52253823 lightpower12345 27412678 nanou4552 maella1311
linked123 herbalife fenchel55 vfhbjk1801 fysihz5g mu080295 hester23 seanpaul jcdenis1 beast556 farfallina 21152117
ladiesman1 1ofakind ilovejames newvision hannahmont angelseye22 addl0223 virtue1234 butterflies easyas123 redab1993
surethang stefangreil1983 mkal2707 total12scherz malik123 2kroliczek adams33486 serafina14 crowbird spez3012 julie2811
rose24731 622906268 treguier salmankhan bff4ever oojs4ykl ruler1991 791159392 sasin414 sevgilim golfinho mario140773
proverbs31 rhodan01 myspace88 honey215 wpcakir264 sacha1234 sexymama12 mgreen39 pg260365 bambolina somanypickles27
madafaka ahbird1984 pomalo123 trandafir armorgames rabat1945 polenka1 nickelback aczx7812 papatoma1 weyersheim
a1169619 leliane50934 kmzwa8awaa moderncombat 2pacshakur concepcion owt243ygbh live4him new975wen tanja1993 lmapacey
chanelbag sweethome philly215 roanne42300 zesh1412 faca210898 henni1907 xlsl9963 776158ab marek14michal przyjaciolki
heartbroke laurel12creek 21864812 yandi20080527 lancia037 mase4ever cxy831126 e2yfp41b ezekiel11991 andrusic1 jomacapa
gambion32 ignoranto ossi2000 yaoiisgrand chasity1 sampdoria boguska123 gigaman8891 91866709 chutrung tmvlzj12 slunicko
ashutosh wubin007 thebears12 accountant fuchurli sig53num aquamarine solo7590 speranza almario927 ibicguwjic giulietta
icthus01 lovemom1 semarang clochette waldiw82 arabella24630 rdukv46x 74699723 money4940 ania1986 20070509031 67529353
xred4654 bela2404 iloveu143 46265216 cat15175 mummy123 tronwell jolinek33 lilli2006 heterosexual keyblade krystyna56
schokolade igetmoney1 toulouse31 rksk3210 bratz123 sebastian106 srikanth soukayna 2416101113 josemanuel mm170667
independen godim001 remo1d72a he635789 veri1234 knackwurst8853 pop168168 sassygirl ethanryan01 dalbas73 babygurl14
gdcc9921 lilmama12 fallen_angel
`
  .trim()
  .split(/\s+/);
