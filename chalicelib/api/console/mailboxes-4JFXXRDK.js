import{nb as e,pb as o}from"./chunk-S2X5UH6H.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
