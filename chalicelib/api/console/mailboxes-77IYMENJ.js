import{Wa as e,Ya as o}from"./chunk-F7EBDJF4.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
