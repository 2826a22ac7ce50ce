import{a as e,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
