import{ja as e,la as o}from"./chunk-DRBH7T5H.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
