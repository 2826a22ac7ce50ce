import{pb as t,rb as e}from"./chunk-INAGWOSM.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
