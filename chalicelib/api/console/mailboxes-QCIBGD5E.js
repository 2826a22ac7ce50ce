import{J as e,L as o}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
